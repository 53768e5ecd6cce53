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
    /// The reader's own word on each level.
    let ownLevels: [Select]
    /// What the organisation says of single people and agents.
    let rules: [Rule]
    let hasRules: Bool
    /// To say more; nil for those who lead nobody.
    let newRule: NewRule?
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

    struct Rule: Sendable {
        let about: String
        let person: String
        let agent: String
        let decision: String
        /// As the form gives them back that takes it away.
        let aboutValue: String
        let user: String
        let agentValue: String
    }

    struct NewRule: Sendable {
        let fields: [Select]
    }

    init(
        page: Frame,
        tools: [ToolRecord],
        use: [ToolUse],
        rules: [ToolPolicy.Rule],
        own: [ToolPolicy.Rule] = [],
        people: [OrganisationMember] = [],
        agents: [UUID: String] = [:],
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
        levels = ToolsView.levels(rules, "level", voice)
        ownLevels = ToolsView.levels(own, "own", voice)
        let names = Dictionary(people.map { ($0.userID, $0.nickname) }) { first, _ in first }
        self.rules = rules.filter { !$0.isForAll }.map { Rule($0, people: names, agents: agents, voice: voice) }
        hasRules = !self.rules.isEmpty
        newRule = people.count > 1 ? NewRule(tools: tools, people: people, voice: voice) : nil
    }

    private static func levels(_ rules: [ToolPolicy.Rule], _ prefix: String, _ voice: Voice) -> [Select] {
        ToolLevel.allCases.map { level in
            let rule = rules.first { $0.isGeneral && $0.level == level }
            return Select.policy(
                "\(prefix).\(level.rawValue)",
                label: voice.words["level.\(level.rawValue)"],
                rule,
                voice
            )
        }
    }
}

extension ToolPolicy.Rule {
    /// On all agents.
    var isGeneral: Bool { agentID == nil && (userID == nil || !isOrganisations) }

    /// On everybody and all agents: what the forms for levels and tools say.
    var isForAll: Bool { userID == nil && agentID == nil }
}

extension ToolsView.Rule {
    fileprivate init(_ rule: ToolPolicy.Rule, people: [UUID: String], agents: [UUID: String], voice: Voice) {
        let words = voice.words
        about = rule.toolName ?? rule.level.map { words["level.\($0.rawValue)"] } ?? ""
        person = rule.userID.map { people[$0] ?? $0.text } ?? words["tools.everybody"]
        agent = rule.agentID.map { agents[$0] ?? $0.text } ?? words["tools.allAgents"]
        decision = Select.policyWord(rule.decision, voice)
        aboutValue = rule.toolName.map { "tool:\($0)" } ?? "level:\(rule.level?.rawValue ?? "")"
        user = rule.userID?.text ?? ""
        agentValue = rule.agentID?.text ?? ""
    }
}

extension ToolsView.NewRule {
    fileprivate init(tools: [ToolRecord], people: [OrganisationMember], voice: Voice) {
        let words = voice.words
        let levels = ToolLevel.allCases.map { level in
            Option(
                value: "level:\(level.rawValue)",
                label: words("tools.allOf", ["level": words["level.\(level.rawValue)"]]),
                isChosen: false
            )
        }
        let named = tools.ownFirst(\.type).map { Option(value: "tool:\($0.name)", label: $0.name, isChosen: false) }
        fields = [
            Select(
                "user",
                label: words["tools.person"],
                options: people.map { Option(value: $0.userID.text, label: $0.nickname, isChosen: false) }
            ),
            Select("about", label: words["tools.about"], options: levels + named),
            Select(
                "decision",
                label: words["tools.then"],
                options: [ToolPolicy.Decision.deny, .ask, .allow].map {
                    Option(value: $0.rawValue, label: Select.policyWord($0, voice), isChosen: $0 == .deny)
                }
            ),
        ]
    }
}

extension Select {
    /// What an organisation says about a tool or a level; empty for nothing.
    static func policy(_ name: String, label: String, _ rule: ToolPolicy.Rule?, _ voice: Voice) -> Select {
        Select(
            name,
            label: label,
            options: ([nil] + ToolPolicy.Decision.allCases).map {
                Option(value: $0?.rawValue ?? "", label: policyWord($0, voice), isChosen: $0 == rule?.decision)
            }
        )
    }

    /// nil is no rule.
    static func policyWord(_ decision: ToolPolicy.Decision?, _ voice: Voice) -> String {
        switch decision {
        case nil: voice.words["tools.policyNone"]
        case .allow: voice.words["tools.policyAllow"]
        case .ask: voice.words["tools.policyAsk"]
        case .deny: voice.words["tools.policyDeny"]
        }
    }
}

extension Array {
    /// Tools by where they come from, as they stood before within each: people's own, MCP servers', those that come with ALMA.
    func ownFirst(_ type: (Element) -> String) -> [Element] {
        let places = ["script": 0, "http": 0, "mcp": 1]
        return [0, 1, 2].flatMap { place in filter { places[type($0), default: 2] == place } }
    }
}
