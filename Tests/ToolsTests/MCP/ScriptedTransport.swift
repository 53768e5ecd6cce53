import Engine
import Foundation

@testable import Tools

/// A server that a test plays: each message of ours is answered by what the script says.
final class ScriptedTransport: MCPTransport {
    typealias Script = @Sendable (MCPMessage) -> [MCPMessage]

    private let script: Script
    private let sent = Locked<[MCPMessage]>([])
    private let said = AsyncStream<MCPMessage>.makeStream()
    let version = Locked<String?>(nil)

    init(_ script: @escaping Script) { self.script = script }

    /// What it was sent, in order.
    var messages: [MCPMessage] { sent.withLock { $0 } }

    func methods() -> [String] {
        messages.compactMap { message in
            switch message {
            case .request(_, let method, _), .notification(let method, _): method
            default: nil
            }
        }
    }

    func agreed(on version: String) { self.version.withLock { $0 = version } }

    func send(_ message: MCPMessage, _ hear: @escaping @Sendable (MCPMessage) -> Void) async throws {
        sent.withLock { $0.append(message) }
        script(message).forEach(hear)
    }

    func listen(_ hear: @escaping @Sendable (MCPMessage) -> Void) async throws {
        for await message in said.stream { hear(message) }
        throw MCPFailure(.connection, "It is over.")
    }

    /// By itself.
    func say(_ message: MCPMessage) { said.continuation.yield(message) }

    func hangUp() { said.continuation.finish() }

    func close() async { hangUp() }
}

extension ScriptedTransport {
    /// A server with these tools, a few on each page.
    static func server(
        tools: @escaping @Sendable () -> [JSONValue],
        more: @escaping Script = { _ in [] }
    ) -> ScriptedTransport {
        ScriptedTransport { message in
            guard case .request(let id, let method, let parameters) = message else { return more(message) }
            switch method {
            case "initialize":
                return [
                    .result(
                        id: id,
                        .object([
                            "protocolVersion": .string("2025-06-18"), "capabilities": .object(["tools": .object([:])]),
                            "serverInfo": .object(["name": .string("Play"), "version": .string("1")]),
                        ])
                    )
                ]
            case "tools/list":
                let all = tools()
                let start = parameters?["cursor"]?.string.flatMap { Int($0) } ?? 0
                let page = Array(all.dropFirst(start).prefix(2))
                var result: [String: JSONValue] = ["tools": .array(page)]
                if start + 2 < all.count { result["nextCursor"] = .string(String(start + 2)) }
                return [.result(id: id, .object(result))]
            default: return more(message)
            }
        }
    }

    static func tool(_ name: String, _ description: String = "Does it.") -> JSONValue {
        .object([
            "name": .string(name), "description": .string(description),
            "inputSchema": .object(["type": .string("object")]),
        ])
    }
}
