import Engine
import Foundation
import Hummingbird
import Storage

/// What follows when a provider was added: the test, its models, and where the person goes next.
struct ProviderAddition: Sendable {
    let desk: Desk
    let identity: Identity
    let address: String?

    /// Takes all models when there are at most `limit`; else leads to the choice.
    func finish(_ provider: Provider, takingUpTo limit: Int) async throws -> Response {
        let list = "/providers?open=\(provider.id.text)"
        let result = try await desk.services.testProvider(provider.id, by: identity.principal)
        guard let result else { throw WebError.notFound }
        if result.failure != nil { return .redirect(to: "\(list)#p-\(provider.id.text)") }
        guard !result.models.isEmpty, result.models.count <= limit else {
            return .redirect(to: "/providers/\(provider.id.text)/models", done: .providerAdded)
        }
        try await add(result.models.map { (name: $0, displayName: $0) }, to: provider.id)
        return .redirect(
            to: "\(list)&latency=\(result.latency)",
            done: .providerAdded,
            anchor: "p-\(provider.id.text)"
        )
    }

    /// Adds the models that are not there yet.
    func add(_ models: [(name: String, displayName: String)], to provider: UUID) async throws {
        let existing = try await desk.store.models(llmID: provider, isActive: nil, by: identity.principal)
        let names = Set(existing.map(\.name))
        for model in models where !names.contains(model.name) {
            let created = try await desk.store.createModel(
                llmID: provider,
                name: model.name,
                displayName: model.displayName,
                by: identity.principal,
                address: address
            )
            guard created != nil else { throw WebError.notFound }
        }
    }
}
