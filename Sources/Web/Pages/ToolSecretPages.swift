import Engine
import Foundation
import Hummingbird
import Storage

/// The part of the settings with the keys for agents' tools.
struct ToolSecretPages: Sendable {
    let settings: SettingsPage

    func add(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let voice = try settings.desk.voice(context)
        let form = try await request.decodeForm()
        var draft = ToolSecretsView.Draft()
        draft.name = form.trimmed("secret_name")
        draft.hosts = form.trimmed("secret_hosts")
        draft.isShared = form.has("secret_shared")
        do {
            _ = try await settings.desk.store.createToolSecret(
                name: draft.name,
                value: Secret(form["secret_value"]),
                hosts: draft.hosts.split { $0 == "," || $0.isWhitespace }.map(String.init),
                isShared: draft.isShared,
                by: identity.principal,
                address: context.remoteAddress
            )
            return .redirect(to: "/settings", done: .saved, anchor: "secrets")
        } catch let error as StorageError {
            guard let (field, words) = Self.complaint(error) else { throw error }
            draft.errors.add(field, voice.words[words])
        }
        return try await settings.page(request, context: context, identity: identity, secrets: draft)
    }

    func delete(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let isDeleted = try await settings.desk.store.deleteToolSecret(
            context.identifier("id"),
            by: identity.principal,
            address: context.remoteAddress
        )
        guard isDeleted else { throw WebError.notFound }
        return .redirect(to: "/settings", done: .deleted, anchor: "secrets")
    }

    private static func complaint(_ error: StorageError) -> (field: String, words: String)? {
        switch error.code {
        case .conflict("name"): ("secret_name", "secrets.nameTaken")
        case .invalid("name"): ("secret_name", "secrets.nameWrong")
        case .invalid("value"): ("secret_value", "secrets.valueWrong")
        case .invalid("hosts"): ("secret_hosts", "secrets.hostsWrong")
        default: nil
        }
    }
}
