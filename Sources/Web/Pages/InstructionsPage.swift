import Engine
import Hummingbird
import Storage

/// What all agents are told: the instance's words are the administrators', the organisation's those of who leads it.
struct InstructionsPage: Sendable {
    let desk: Desk

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let texts = try await desk.store.instructions(by: identity.principal)
        return try await page(request, context: context, identity: identity, texts: texts)
    }

    func save(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let form = try await request.decodeForm()
        var texts = try await desk.store.instructions(by: identity.principal)
        if form.has("instance") { texts.instance = form["instance"].unixLines }
        if form.has("organization") { texts.organisation = form["organization"].unixLines }
        var errors = FormErrors()
        do {
            try await desk.services.setInstructions(
                instance: form.has("instance") ? texts.instance : nil,
                organisation: form.has("organization") ? texts.organisation : nil,
                by: identity.principal,
                address: context.remoteAddress
            )
            return .redirect(to: "/instructions", done: .saved)
        } catch let error as StorageError {
            guard case .invalid(let field) = error.code else { throw error }
            errors.add(field, try desk.voice(context).notAccepted(error.message))
        }
        return try await page(request, context: context, identity: identity, texts: texts, errors: errors)
    }

    private func page(
        _ request: Request,
        context: WebContext,
        identity: Identity,
        texts: Instructions,
        errors: FormErrors = FormErrors()
    ) async throws -> Response {
        let voice = try desk.voice(context)
        let view = InstructionsView(
            page: desk.frame(
                voice.words["instructions.title"],
                .agents,
                request: request,
                context: context,
                voice: voice
            ),
            texts: texts,
            rights: .init(
                instance: identity.principal.isSuperuser,
                organisation: try await desk.store.leads(identity.principal)
            ),
            errors: errors,
            voice: voice
        )
        return try desk.page(view, context: context, status: errors.isEmpty ? .ok : .unprocessableContent)
    }
}

extension String {
    /// As forms send it, lines end with CR and LF.
    var unixLines: String { replacing("\r\n", with: "\n") }
}
