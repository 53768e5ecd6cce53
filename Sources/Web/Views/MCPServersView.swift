import Engine
import Foundation
import Storage

/// The MCP servers of an organisation, each with how it is.
struct MCPServersView: View {
    static let template = "mcp-servers"

    let page: Frame
    let servers: [Row]
    let hasServers: Bool

    struct Row: Sendable {
        let address: String
        let name: String
        let facts: String
        let state: StateView
    }

    init(page: Frame, servers: [MCPRecord], voice: Voice) {
        self.page = page
        self.servers = servers.map { server in
            Row(
                address: "/admin/mcp/\(server.id.text)",
                name: server.name,
                facts: [server.place, server.counts.words(voice)].joined(separator: " · "),
                state: StateView(server, voice: voice)
            )
        }
        hasServers = !servers.isEmpty
    }
}

extension MCPRecord.Counts {
    func words(_ voice: Voice) -> String {
        let parts = [("mcp.usable", usable), ("mcp.waitingCount", waiting), ("mcp.goneCount", gone)].filter { $0.1 > 0 }
        guard !parts.isEmpty else { return voice.words["mcp.noneUsable"] }
        return parts.map { voice.words.count($0.0, $0.1) }.joined(separator: " · ")
    }
}

extension StateView {
    init(_ server: MCPRecord, voice: Voice) {
        let name = server.isEnabled ? server.state.rawValue : "off"
        let (kind, icon) =
            switch (server.isEnabled, server.state) {
            case (true, .connected): ("done", "tick")
            case (true, .failing): ("fail", "cross")
            case (true, .unauthorised): ("wait", "hand")
            default: ("", "ring")
            }
        self.init(kind: kind, sign: voice.icons(icon), word: voice.words["mcp.state.\(name)"])
    }
}
