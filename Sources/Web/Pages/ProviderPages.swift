import Engine
import Foundation
import HTTPTypes
import Hummingbird
import Storage

/// One provider: adding, changing, testing and deleting it.
struct ProviderPages: Sendable {
    let desk: Desk

    func new(_ request: Request, context: WebContext) async throws -> Response {
        _ = try context.signedIn()
        let voice = try desk.voice(context)
        let kind = ProviderKind(rawValue: request.query("kind"))
        let draft = kind.map {
            ProviderForm.Draft(
                kind: $0,
                name: voice.words[$0 == .builtin ? "kind.builtinName" : "kind.\($0.rawValue)"],
                baseURL: $0.defaultBaseURL ?? "",
                isNew: true
            )
        }
        return try newPage(request, context: context, draft: draft, voice: voice)
    }

    func create(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let voice = try desk.voice(context)
        let form = try await request.decodeForm()
        guard let kind = ProviderKind(rawValue: form["kind"]) else { throw WebError(.badRequest, "No such kind.") }
        let input = ProviderInput(form, kind: kind, stored: nil, voice: voice)
        guard input.errors.isEmpty else {
            return try newPage(request, context: context, draft: input.draft, errors: input.errors, voice: voice)
        }
        do {
            let provider = try await desk.store.createProvider(
                kind: kind,
                name: input.name,
                baseURL: input.baseURL,
                apiKey: input.key,
                organization: input.draft.organisation.isEmpty ? nil : input.draft.organisation,
                by: identity.principal,
                address: context.remoteAddress
            )
            return try await ProviderAddition(desk: desk, identity: identity, address: context.remoteAddress)
                .finish(provider, takingUpTo: kind == .builtin ? ProviderListPage.fewModels : 0)
        } catch let error as StorageError {
            var errors = input.errors
            try errors.add(error, voice: voice)
            return try newPage(request, context: context, draft: input.draft, errors: errors, voice: voice)
        }
    }

    func edit(_ request: Request, context: WebContext) async throws -> Response {
        let provider = try await provider(context, identity: context.signedIn())
        return try editPage(request, context: context, provider: provider, draft: .init(provider))
    }

    func save(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let voice = try desk.voice(context)
        let provider = try await provider(context, identity: identity)
        let form = try await request.decodeForm()
        var input = ProviderInput(form, kind: provider.provider, stored: provider, voice: voice)
        if input.errors.isEmpty {
            do {
                let saved = try await desk.store.updateProvider(
                    provider.id,
                    name: input.name,
                    baseURL: input.baseURL,
                    apiKey: input.key.map { .some($0) },
                    isActive: form.has("active"),
                    limit: form.has("concurrent") || form.has("per_minute") ? .some(input.limit) : nil,
                    by: identity.principal,
                    address: context.remoteAddress
                )
                guard saved != nil else { throw WebError.notFound }
                return .redirect(to: "/providers?open=\(provider.id.text)", done: .saved)
            } catch let error as StorageError {
                try input.errors.add(error, voice: voice)
            }
        }
        return try editPage(request, context: context, provider: provider, draft: input.draft, errors: input.errors)
    }

    func test(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let id = try context.identifier("id")
        guard let result = try await desk.services.testProvider(id, by: identity.principal) else {
            throw WebError.notFound
        }
        let list = "/providers?open=\(id.text)"
        if result.failure != nil { return .redirect(to: "\(list)#p-\(id.text)") }
        return .redirect(to: "\(list)&latency=\(result.latency)", done: .tested, anchor: "p-\(id.text)")
    }

    func askToDelete(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let provider = try await provider(context, identity: identity)
        let voice = try desk.voice(context)
        let question = voice.words("provider.deleteQuestion", ["name": provider.providerName])
        return try desk.askToDelete(
            question,
            text: voice.words.count("provider.deleteText", provider.models.count),
            .providers,
            action: "/providers/\(provider.id.text)/deletion",
            back: "/providers/\(provider.id.text)",
            request: request,
            context: context
        )
    }

    func delete(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let provider = try await provider(context, identity: identity)
        let isDeleted = try await desk.store.deleteProvider(
            provider.id,
            by: identity.principal,
            address: context.remoteAddress
        )
        guard isDeleted else { throw WebError.notFound }
        return .redirect(to: "/providers", done: .deleted)
    }

    private func provider(_ context: WebContext, identity: Identity) async throws -> Provider {
        let found = try await desk.store.provider(context.identifier("id"), by: identity.principal)
        guard let found else { throw WebError.notFound }
        return found
    }

    private func newPage(
        _ request: Request,
        context: WebContext,
        draft: ProviderForm.Draft?,
        errors: FormErrors = FormErrors(),
        voice: Voice
    ) throws -> Response {
        let view = ProviderNewView(
            page: desk.frame(
                voice.words["providers.add"],
                .providers,
                request: request,
                context: context,
                voice: voice
            ),
            chosen: draft?.kind,
            form: draft.map { ProviderForm($0, errors: errors, voice: voice) },
            voice: voice
        )
        return try desk.page(view, context: context, status: errors.isEmpty ? .ok : .unprocessableContent)
    }

    private func editPage(
        _ request: Request,
        context: WebContext,
        provider: Provider,
        draft: ProviderForm.Draft,
        errors: FormErrors = FormErrors()
    ) throws -> Response {
        let voice = try desk.voice(context)
        let view = ProviderView(
            page: desk.frame(provider.providerName, .providers, request: request, context: context, voice: voice),
            id: provider.id,
            title: provider.providerName,
            kind: provider.provider,
            state: StateView(provider.test, isActive: provider.isActive, voice: voice),
            form: ProviderForm(draft, errors: errors, voice: voice),
            voice: voice
        )
        return try desk.page(view, context: context, status: errors.isEmpty ? .ok : .unprocessableContent)
    }
}
