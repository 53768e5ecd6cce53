import Engine
import Foundation
import Hummingbird
import Storage

/// Agents as files: saved from here, and brought from elsewhere.
struct AgentFilePages: Sendable {
    let making: AgentMakingPages

    private var desk: Desk { making.desk }

    func export(_ request: Request, context: WebContext) async throws -> Response {
        try await desk.services.file(ofAgent: context.identifier("id"), context: context)
    }

    func choose(_ request: Request, context: WebContext) async throws -> Response {
        _ = try context.signedIn()
        return try page(request, context: context, errors: FormErrors())
    }

    /// Fills the form of a new agent with what is in the file: nothing is made before the person has seen it.
    func open(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let voice = try desk.voice(context)
        var errors = FormErrors()
        do {
            let (_, file) = try await request.decodeFormWithFile(
                upTo: AgentDefinition.largestFile,
                context: context
            )
            let definition = try AgentDefinition(reading: file?.bytes ?? [])
            let arrival = try await desk.store.arrival(of: definition, by: identity.principal)
            return try await making.form(request, context: context, id: nil, arrival: arrival, origin: AgentOrigin())
        } catch let error as StorageError {
            guard case .invalid(let field) = error.code else { throw error }
            let place = field == "file" ? "" : "\(field): "
            errors.add("file", voice.notAccepted(error.message, before: place))
        } catch let error as WebError where error.code == .tooLarge {
            let kilobytes = String(AgentDefinition.largestFile / 1024)
            errors.add("file", voice.words("agents.fileTooLarge", ["n": kilobytes]))
        }
        return try page(request, context: context, errors: errors)
    }

    private func page(_ request: Request, context: WebContext, errors: FormErrors) throws -> Response {
        let voice = try desk.voice(context)
        let title = voice.words["agents.importTitle"]
        let view = AgentImportView(
            page: desk.frame(title, .agents, request: request, context: context, voice: voice),
            file: Field(
                "file",
                label: voice.words["agents.file"],
                type: "file",
                hint: voice.words["agents.fileHint"],
                error: errors["file"]
            )
        )
        return try desk.page(view, context: context, status: errors.isEmpty ? .ok : .unprocessableContent)
    }
}

/// Where a file is chosen that an agent comes from.
struct AgentImportView: View {
    static let template = "agent-import"

    let page: Frame
    let file: Field
}

extension AgentDefinition {
    /// A file's bytes. Throws `StorageError` with what is wrong with it.
    init(reading bytes: [UInt8]) throws {
        guard !bytes.isEmpty else { throw StorageError(.invalid("file"), "There is no file, or nothing is in it.") }
        guard let text = String(validating: bytes, as: UTF8.self), let value = try? JSONValue(parsing: text) else {
            throw StorageError(.invalid("file"), "This is not JSON.")
        }
        try self.init(file: value)
    }
}

extension WebServices {
    /// To be saved, by whoever may see the agent.
    func file(ofAgent id: UUID, context: WebContext) async throws -> Response {
        let principal = try context.signedIn().principal
        guard let definition = try await store.agentDefinition(id, by: principal) else { throw WebError.notFound }
        var headers = FileResponse.headers(name: "\(definition.name).agent.json", mediaType: nil)
        headers[.contentType] = "application/json; charset=utf-8"
        let text = definition.file.pretty + "\n"
        if context.isTagged { headers[.eTag] = EntityTag.of(text) }
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: .init(string: text)))
    }
}
