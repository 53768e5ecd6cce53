import ServiceLifecycle
import Tools

/// Holds this process's connections to MCP servers; nothing of them is left when it has ended.
struct MCPService: Service {
    let connections: MCPConnections

    func run() async throws {
        await cancelWhenGracefulShutdown { [connections] in await connections.run() }
    }
}
