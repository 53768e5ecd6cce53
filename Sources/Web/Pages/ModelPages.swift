import Engine
import Foundation
import HTTPTypes
import Hummingbird
import Storage

/// Choosing a provider's models, and changing or deleting one.
struct ModelPages: Sendable {
    let desk: Desk

    /// Asks the provider what it offers.
    func choose(_ request: Request, context: WebContext) async throws -> Response {
        try await choosePage(request, context: context, identity: context.signedIn())
    }

    /// Adds what was ticked, or the one that was named.
    func add(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let id = try context.identifier("id")
        let voice = try desk.voice(context)
        let form = try await request.decodeForm()
        let ticked = form.all("model").filter { (1...100).contains($0.count) }.prefix(500)
        let draft = ProviderModelsView.Draft(
            name: form.trimmed("name"),
            displayName: form.trimmed("display_name"),
            chosen: Set(ticked)
        )
        var errors = FormErrors()
        if ticked.isEmpty, draft.name.isEmpty {
            errors.add("name", voice.words[form.has("name") ? "models.nameEmpty" : "models.nothingChosen"])
        }
        if draft.name.count > 100 { errors.add("name", voice.words["models.nameLong"]) }
        guard errors.isEmpty else {
            return try await choosePage(request, context: context, identity: identity, draft: draft, errors: errors)
        }
        guard try await desk.store.provider(id, by: identity.principal) != nil else { throw WebError.notFound }
        var models = ticked.map { (name: $0, displayName: $0) }
        if !draft.name.isEmpty {
            models.append((name: draft.name, displayName: draft.displayName.isEmpty ? draft.name : draft.displayName))
        }
        try await ProviderAddition(desk: desk, identity: identity, address: context.remoteAddress).add(models, to: id)
        return .redirect(to: "/providers?open=\(id.text)", done: .modelsAdded, anchor: "p-\(id.text)")
    }

    func edit(_ request: Request, context: WebContext) async throws -> Response {
        let model = try await model(context, identity: context.signedIn())
        return try editPage(request, context: context, model: model, draft: .init(model))
    }

    func save(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let voice = try desk.voice(context)
        let model = try await model(context, identity: identity)
        let known = ModelView.Draft(model).currency
        let input = ModelInput(try await request.decodeForm(), currency: known, voice: voice)
        guard input.errors.isEmpty else {
            return try editPage(request, context: context, model: model, draft: input.draft, errors: input.errors)
        }
        let saved = try await desk.store.updateModel(
            model.id,
            displayName: input.draft.displayName.isEmpty ? model.name : input.draft.displayName,
            contextWindow: .some(input.contextWindow),
            maxTokens: .some(input.maximumTokens),
            pricing: .some(input.price?.json),
            supportsVision: input.draft.supportsVision,
            isActive: input.draft.isActive,
            by: identity.principal,
            address: context.remoteAddress
        )
        guard saved != nil else { throw WebError.notFound }
        return .redirect(to: "/providers?open=\(model.llmID.text)", done: .saved)
    }

    func askToDelete(_ request: Request, context: WebContext) async throws -> Response {
        let model = try await model(context, identity: context.signedIn())
        let voice = try desk.voice(context)
        let question = voice.words("models.deleteQuestion", ["name": model.displayName])
        return try desk.askToDelete(
            question,
            text: voice.words["models.deleteText"],
            .providers,
            action: "/models/\(model.id.text)/deletion",
            back: "/models/\(model.id.text)",
            request: request,
            context: context
        )
    }

    func delete(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let model = try await model(context, identity: identity)
        let isDeleted = try await desk.store.deleteModel(
            model.id,
            by: identity.principal,
            address: context.remoteAddress
        )
        guard isDeleted else { throw WebError.notFound }
        return .redirect(to: "/providers", done: .deleted)
    }

    private func model(_ context: WebContext, identity: Identity) async throws -> ModelRecord {
        let found = try await desk.store.model(context.identifier("id"), by: identity.principal)
        guard let found else { throw WebError.notFound }
        return found
    }

    private func choosePage(
        _ request: Request,
        context: WebContext,
        identity: Identity,
        draft: ProviderModelsView.Draft = .init(),
        errors: FormErrors = FormErrors()
    ) async throws -> Response {
        let id = try context.identifier("id")
        let voice = try desk.voice(context)
        guard let provider = try await desk.store.provider(id, by: identity.principal),
            let probe = try await desk.services.testProvider(id, by: identity.principal)
        else { throw WebError.notFound }
        let view = ProviderModelsView(
            page: desk.frame(
                voice.words["models.choose"],
                .providers,
                request: request,
                context: context,
                voice: voice
            ),
            id: id,
            provider: provider.providerName,
            probe: probe,
            kept: Set(provider.models.map(\.name)),
            draft: draft,
            errors: errors,
            voice: voice
        )
        return try desk.page(view, context: context, status: errors.isEmpty ? .ok : .unprocessableContent)
    }

    private func editPage(
        _ request: Request,
        context: WebContext,
        model: ModelRecord,
        draft: ModelView.Draft,
        errors: FormErrors = FormErrors()
    ) throws -> Response {
        let voice = try desk.voice(context)
        let view = ModelView(
            page: desk.frame(model.displayName, .providers, request: request, context: context, voice: voice),
            id: model.id,
            name: model.name,
            draft: draft,
            errors: errors,
            voice: voice
        )
        return try desk.page(view, context: context, status: errors.isEmpty ? .ok : .unprocessableContent)
    }
}
