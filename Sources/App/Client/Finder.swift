import Engine
import Foundation

/// What a person calls something, as the key that the server knows it by.
struct Finder: Sendable {
    /// How many of the newest are looked through for the end of a key.
    private static let reach = 200

    let client: ServerClient

    /// By name, as it is called, or by its key or the end of it.
    func agent(_ name: String) async throws(CommandFailure) -> JSONValue {
        let all = try await client.list("/v1/agents", limit: 1000)
        return try one("agent", name, all, id: "agent_id", names: ["name", "display_name"], "alma agents list")
    }

    func model(_ name: String) async throws(CommandFailure) -> JSONValue {
        let all = try await client.get("/v1/models").array ?? []
        return try one("model", name, all, id: "model_id", names: ["name", "display_name"], "alma models list")
    }

    /// By its key, or the end of it among the newest.
    func conversation(_ name: String) async throws(CommandFailure) -> String {
        if let id = UUID(uuidString: name) { return id.uuidString.lowercased() }
        let all = try await client.list("/v1/conversations", limit: Self.reach)
        return try key("conversation", name, all, "conversation_id", "alma conversations list")
    }

    func run(_ name: String) async throws(CommandFailure) -> String {
        if let id = UUID(uuidString: name) { return id.uuidString.lowercased() }
        let all = try await client.list("/v1/runs", [("children", "true")], limit: Self.reach)
        return try key("run", name, all, "run_id", "alma runs list")
    }

    func key(_ name: String) async throws(CommandFailure) -> JSONValue {
        let all = try await client.get("/v1/api-keys").array ?? []
        return try one("key", name, all, id: "key_id", names: ["name"], "alma keys list")
    }

    /// By e-mail address or name, for those who may see accounts.
    func user(_ name: String) async throws(CommandFailure) -> JSONValue {
        let all = try await client.list("/v1/users", [("search", name)], limit: Self.reach)
        return try one("account", name, all, id: "user_id", names: ["email", "nickname"], "alma usage --by user")
    }

    /// One of those that wait for their person, by its key or the end of it.
    func call(_ name: String) async throws(CommandFailure) -> AskedCall {
        let all = try await client.get("/v1/approvals").array ?? []
        let found = try one("waiting call", name, all, id: "call_id", names: [], "alma approvals list")
        guard let call = AskedCall(found) else { throw CommandFailure.notALMA(client.server) }
        return call
    }

    private func key(
        _ what: String,
        _ name: String,
        _ all: [JSONValue],
        _ id: String,
        _ list: String
    ) throws(CommandFailure) -> String {
        try one(what, name, all, id: id, names: [], list)[id]?.string ?? name
    }

    private func one(
        _ what: String,
        _ name: String,
        _ all: [JSONValue],
        id: String,
        names: [String],
        _ list: String
    ) throws(CommandFailure) -> JSONValue {
        let found = Self.matches(name, all, id: id, names: names)
        guard let first = found.first else {
            throw CommandFailure(.notFound, "There is no \(what) called \(name.harmlessLine). `\(list)` shows them.")
        }
        guard found.count == 1 else {
            let ids = found.compactMap { $0[id]?.string }.joined(separator: ", ")
            throw CommandFailure(.usage, "More than one \(what) is called \(name.harmlessLine): \(ids).")
        }
        return first
    }

    /// Its key comes before a name, a name before the way it is called, both before the end of a key.
    static func matches(_ name: String, _ all: [JSONValue], id: String, names: [String]) -> [JSONValue] {
        let wanted = name.lowercased()
        for key in [id] + names {
            let found = all.filter { $0[key]?.string?.lowercased() == wanted }
            if !found.isEmpty { return found }
        }
        guard wanted.count >= 4 else { return [] }
        return all.filter { $0[id]?.string?.lowercased().hasSuffix(wanted) == true }
    }
}
