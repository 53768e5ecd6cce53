import Engine
import Foundation

/// All agents.
struct AgentsView: View {
    static let template = "agents"

    let page: Frame
    let agents: [Row]
    /// nil when all are on one page.
    let pager: PageTurner?

    struct Row: Sendable {
        let address: String
        let name: String
        let description: String
        let isSystem: Bool
        let isOff: Bool

        init(id: UUID, name: String, description: String, isSystem: Bool, isOff: Bool = false) {
            address = "/agents/\(id.text)"
            self.name = name
            self.description = description
            self.isSystem = isSystem
            self.isOff = isOff
        }
    }
}
