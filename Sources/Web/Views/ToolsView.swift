import Engine
import Foundation
import Storage

/// Every tool that agents can be given, and what the organisation lets all of them do.
struct ToolsView: View {
    static let template = "tools"

    let page: Frame
    let tools: [Row]
    /// One for each level; empty for those who do not lead the organisation.
    let levels: [Select]
    let mayDecide: Bool
    /// Whether the reader may make tools, and whether all members may.
    let mayMake: Bool
    let membersMake: Bool

    struct Row: Sendable {
        let address: String
        let name: String
        let about: String
        let kind: String
        let level: String
        let effect: String
        let calls: String
    }

    init(
        page: Frame,
        tools: [ToolRecord],
        use: [ToolUse],
        rules: [ToolPolicy.Rule],
        mayDecide: Bool,
        mayMake: Bool = false,
        membersMake: Bool = false,
        voice: Voice
    ) {
        let words = voice.words
        self.page = page
        self.mayDecide = mayDecide
        self.mayMake = mayMake
        self.membersMake = membersMake
        let calls = Dictionary(grouping: use, by: \.toolName).mapValues { $0.reduce(0) { $0 + $1.calls } }
        self.tools = tools.ownFirst(\.type).map {
            Row(
                address: "/tools/\($0.id.text)",
                name: $0.name,
                about: voice.about(tool: $0.name, $0.description),
                kind: voice.words["tools.type.\($0.type)"],
                level: words["level.\($0.level.rawValue)"],
                effect: words["effect.\($0.effect.rawValue)"],
                calls: (calls[$0.name] ?? 0).grouped
            )
        }
        levels = ToolLevel.allCases.map { level in
            let rule = rules.first { $0.level == level && $0.toolName == nil && $0.agentID == nil }
            return Select.policy("level.\(level.rawValue)", label: words["level.\(level.rawValue)"], rule, voice)
        }
    }
}

extension Select {
    /// What an organisation says about a tool or a level; empty for nothing.
    static func policy(_ name: String, label: String, _ rule: ToolPolicy.Rule?, _ voice: Voice) -> Select {
        let choices: [(ToolPolicy.Decision?, String)] = [
            (nil, "tools.policyNone"), (.allow, "tools.policyAllow"), (.ask, "tools.policyAsk"),
            (.deny, "tools.policyDeny"),
        ]
        return Select(
            name,
            label: label,
            options: choices.map {
                Option(value: $0.0?.rawValue ?? "", label: voice.words[$0.1], isChosen: $0.0 == rule?.decision)
            }
        )
    }
}

extension Array {
    /// Tools by where they come from, as they stood before within each: people's own, MCP servers', those that come with ALMA.
    func ownFirst(_ type: (Element) -> String) -> [Element] {
        let places = ["script": 0, "http": 0, "mcp": 1]
        return [0, 1, 2].flatMap { place in filter { places[type($0), default: 2] == place } }
    }
}
