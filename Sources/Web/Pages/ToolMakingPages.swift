import Engine
import Foundation
import HTTPTypes
import Hummingbird
import Storage

/// Making a tool, changing it, trying it out, taking it away.
struct ToolMakingPages: Sendable {
    let pages: ToolPages
    private var desk: Desk { pages.desk }

    init(pages: ToolPages) { self.pages = pages }

    func new(_ request: Request, context: WebContext) async throws -> Response {
        _ = try await maker(context)
        let kind = request.query("kind") == "http" ? "http" : "script"
        return try form(request, context: context, id: nil, draft: .beginning(kind))
    }

    func create(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try await maker(context)
        var input = ToolInput(try await request.decodeForm(), voice: try desk.voice(context))
        do {
            if input.errors.isEmpty {
                let tool = try await desk.services.createTool(
                    input.tool,
                    by: identity.principal,
                    address: context.remoteAddress
                )
                guard let tool else { throw WebError.notFound }
                return .redirect(to: "/tools/\(tool.id.text)", done: .saved)
            }
        } catch let error as StorageError {
            try refuse(error, of: &input, voice: desk.voice(context))
        }
        return try form(request, context: context, id: nil, draft: input.draft, errors: input.errors)
    }

    func edit(_ request: Request, context: WebContext) async throws -> Response {
        let (_, tool) = try await own(context)
        return try form(request, context: context, id: tool.id, draft: .init(tool.draft), opened: tool.version)
    }

    /// Changes it, unless somebody else has since the form was opened.
    func save(_ request: Request, context: WebContext) async throws -> Response {
        let (identity, tool) = try await own(context)
        let (voice, sent) = (try desk.voice(context), try await request.decodeForm())
        let opened = Int(sent["version"])
        var input = ToolInput(sent, kind: tool.draft.type, voice: voice)
        do {
            if input.errors.isEmpty {
                let changed = try await desk.services.updateTool(
                    tool.id,
                    input.tool,
                    at: opened,
                    by: identity.principal,
                    address: context.remoteAddress
                )
                guard changed != nil else { throw WebError.notFound }
                return .redirect(to: "/tools/\(tool.id.text)", done: .saved)
            }
        } catch let error as StorageError where error.code == .changed {
            return try await overtaken(input, since: opened, request, context: context)
        } catch let error as StorageError {
            try refuse(error, of: &input, voice: voice)
        }
        return try form(
            request,
            context: context,
            id: tool.id,
            draft: input.draft,
            opened: opened,
            errors: input.errors
        )
    }

    /// What was typed, beside what somebody else has saved since the form was opened: the person decides. Who has saved the very
    /// same, as by pressing twice, has nothing to decide.
    private func overtaken(
        _ input: ToolInput,
        since opened: Int?,
        _ request: Request,
        context: WebContext
    ) async throws -> Response {
        let (identity, tool) = try await own(context)
        let voice = try desk.voice(context)
        let address = "/tools/\(tool.id.text)"
        let isSame = try input.tool.checked().parts(voice.words) == tool.draft.parts(voice.words)
        guard !isSame else { return .redirect(to: address, done: .saved) }
        let notice = OvertakenView(
            seen: opened,
            of: try await desk.store.toolVersions(of: tool.id, by: identity.principal),
            address: address,
            form: "\(address)/edit",
            outcome: voice.words["version.unsaved"],
            voice: voice
        )
        return try form(
            request,
            context: context,
            id: tool.id,
            draft: input.draft,
            opened: tool.version,
            overtaken: notice
        )
    }

    /// Runs it for real, and shows what came of it; nothing is kept.
    func test(_ request: Request, context: WebContext) async throws -> Response {
        let (identity, tool) = try await own(context)
        let voice = try desk.voice(context)
        let form = try await request.decodeForm()
        var trial = ToolView.TrialDraft(
            input: form.trimmed("input").unixLines,
            parameters: form.trimmed("params").unixLines
        )
        do {
            let input = try JSONValue(parsing: trial.input ?? "")
            let parameters = trial.parameters.isEmpty ? .object([:]) : try JSONValue(parsing: trial.parameters)
            trial.outcome = try await desk.services.tryTool(
                tool.id,
                tool.draft,
                input: input,
                parameters: parameters,
                by: identity.principal,
                address: context.remoteAddress
            )
        } catch is JSONError {
            trial.error = voice.words["tools.noJSON"]
        }
        return try await pages.page(request, context: context, identity: identity, id: tool.id, trial: trial)
    }

    func askToDelete(_ request: Request, context: WebContext) async throws -> Response {
        let (_, tool) = try await own(context)
        let voice = try desk.voice(context)
        let address = "/tools/\(tool.id.text)"
        let question = voice.words("tools.deleteQuestion", ["name": tool.draft.name])
        return try desk.askToDelete(
            question,
            text: voice.words["tools.deleteText"],
            .agents,
            action: "\(address)/deletion",
            back: address,
            request: request,
            context: context
        )
    }

    func delete(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let isDeleted = try await desk.store.deleteTool(
            context.identifier("id"),
            by: identity.principal,
            address: context.remoteAddress
        )
        guard isDeleted else { throw WebError.notFound }
        return .redirect(to: "/tools", done: .deleted)
    }

    /// Whether members may make tools.
    func setMaking(_ request: Request, context: WebContext) async throws -> Response {
        try await desk.services.letMembersMakeTools(
            try await request.decodeForm().has("members"),
            by: try context.signedIn().principal,
            address: context.remoteAddress
        )
        return .redirect(to: "/tools", done: .saved, anchor: "making")
    }

    private func maker(_ context: WebContext) async throws -> Identity {
        let identity = try context.signedIn()
        guard try await desk.store.makesTools(identity.principal) else {
            throw WebError(.forbidden, "Those who lead the organisation have not let its members make tools.")
        }
        return identity
    }

    /// A tool that the reader may change.
    private func own(_ context: WebContext) async throws -> (Identity, (id: UUID, draft: ToolDraft, version: Int?)) {
        let identity = try context.signedIn()
        guard let tool = try await desk.store.tool(context.identifier("id"), by: identity.principal),
            let draft = tool.draft, try await desk.store.mayChange(tool, by: identity.principal)
        else { throw WebError.notFound }
        return (identity, (tool.id, draft, Int(tool.version)))
    }

    private func refuse(_ error: StorageError, of input: inout ToolInput, voice: Voice) throws {
        switch error.code {
        case .conflict("name"): input.add("name", voice.words["tools.nameTaken"])
        case .invalid("definition"):
            let field = input.draft.kind == "script" ? "code" : "url"
            input.add(field, voice.notAccepted(error.message))
        case .invalid(let field): input.add(field, voice.notAccepted(error.message))
        default: throw error
        }
    }

    private func form(
        _ request: Request,
        context: WebContext,
        id: UUID?,
        draft: ToolFormView.Draft,
        opened: Int? = nil,
        overtaken: OvertakenView? = nil,
        errors: FormErrors = FormErrors()
    ) throws -> Response {
        let voice = try desk.voice(context)
        let view = ToolFormView(
            page: desk.frame(
                id == nil ? voice.words["tools.new.\(draft.kind)"] : draft.name,
                .agents,
                request: request,
                context: context,
                voice: voice
            ),
            id: id,
            draft: draft,
            opened: opened,
            overtaken: overtaken,
            errors: errors,
            voice: voice
        )
        let status: HTTPResponse.Status = overtaken != nil ? .conflict : errors.isEmpty ? .ok : .unprocessableContent
        return try desk.page(view, context: context, status: status)
    }
}
