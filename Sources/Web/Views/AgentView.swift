import Engine
import Foundation
import Storage

/// One agent: what it is told, what it is good at, how it does.
struct AgentView: View {
    static let template = "agent"

    let page: Frame
    let id: String
    let name: String
    let description: String
    let instruction: String
    let capabilities: [String]
    let hasCapabilities: Bool
    let isSystem: Bool
    /// Whether the reader made it.
    let isOwn: Bool
    let isOff: Bool
    let team: [String]
    let hasTeam: Bool
    let facts: [Fact]
    /// Of the reader's own runs in the last 30 days.
    let recent: [Fact]
    let runsAddress: String
    let usageAddress: String
    let tools: [ToolRow]
    let hasTools: Bool
    /// nil where there is nothing to choose from and nothing chosen.
    let skills: Skills?
    /// nil where no agent gets a network.
    let network: AgentNetworkView?
    /// What calls of it, and the runs below it, may cost the reader.
    let budgets: [BudgetRow]
    let hasBudgets: Bool
    /// nil of those that the reader has not made.
    let history: HistoryView?

    /// Skills to tick for whoever made the agent; for others those that it has.
    struct Skills: Sendable {
        let mayChoose: Bool
        let rows: [Row]

        struct Row: Sendable {
            let name: String
            let about: String
            let isChosen: Bool
            let address: String
        }

        init?(_ known: [SkillRecord], chosen: [String], mayChoose: Bool) {
            self.mayChoose = mayChoose
            rows = known.filter { mayChoose || chosen.contains($0.skill.name) }.map {
                Row(
                    name: $0.skill.name,
                    about: $0.skill.description,
                    isChosen: chosen.contains($0.skill.name),
                    address: "/skills/\($0.id.text)"
                )
            }
            if rows.isEmpty { return nil }
        }
    }

    /// A tool of the agent, and what this person lets it do.
    struct ToolRow: Sendable {
        let description: String
        let level: String
        let used: String?
        let select: Select

        init(_ tool: AgentTool, calls: Int, voice: Voice) {
            let words = voice.words
            description = tool.about(voice)
            level = words["level.\(tool.level.rawValue)"]
            used = calls > 0 ? words.count("tools.used", calls) : nil
            let own = tool.ownDecision
            let choices: [(ToolPolicy.Decision?, String)] = [
                (nil, "agents.policyGeneral"), (.allow, "agents.policyAllow"), (.ask, "agents.policyAsk"),
                (.deny, "agents.policyDeny"),
            ]
            select = Select(
                "policy.\(tool.name)",
                label: tool.name,
                options: choices.map {
                    Option(value: $0.0?.rawValue ?? "", label: words[$0.1], isChosen: $0.0 == own)
                }
            )
        }
    }

    /// What is counted of an agent. The rate is between 0 and 1, the time in seconds.
    struct Numbers: Sendable {
        var model: String?
        var runs: Int
        var successRate: Double
        var time: Double
        var lastUsedAt: Date?
    }

    /// What the reader has had of it in the last days.
    struct Month: Sendable {
        var figures: AgentFigures
        var costs: [String: Decimal]
        /// Days of UTC, both included.
        var from: String
        var to: String

        func facts(_ voice: Voice) -> [Fact] {
            let words = voice.words
            var facts = [Fact(name: words["agents.runs"], value: figures.runs.grouped)]
            if figures.ended > 0 {
                let rate = SVGLength.percent(Decimal(figures.completed), of: Decimal(figures.ended))
                facts.append(Fact(name: words["agents.finished"], value: rate))
            }
            if let median = figures.medianTime {
                facts.append(Fact(name: words["agents.median"], value: voice.duration(median)))
            }
            return facts + [Fact(name: words["usage.cost"], value: voice.money(costs) ?? words["usage.noPrice"])]
        }
    }

    init(
        page: Frame,
        id: UUID,
        name: String,
        description: String,
        instruction: String,
        capabilities: [String],
        isSystem: Bool,
        isOwn: Bool = false,
        isOff: Bool = false,
        team: [String] = [],
        numbers: Numbers,
        month: Month,
        tools: [AgentTool] = [],
        use: [ToolUse] = [],
        skills: Skills? = nil,
        network: AgentNetworkView? = nil,
        budgets: [BudgetRow] = [],
        history: HistoryView? = nil,
        voice: Voice
    ) {
        let words = voice.words
        self.page = page
        self.id = id.text
        self.name = name
        self.description = description
        self.instruction = instruction
        self.capabilities = capabilities
        self.isSystem = isSystem
        self.isOwn = isOwn
        self.isOff = isOff
        self.team = team
        hasTeam = !team.isEmpty
        hasCapabilities = !capabilities.isEmpty
        let calls = Dictionary(use.map { ($0.toolName, $0.calls) }) { $0 + $1 }
        self.tools = tools.map { ToolRow($0, calls: calls[$0.name] ?? 0, voice: voice) }
        hasTools = !tools.isEmpty
        self.skills = skills
        self.network = network
        self.budgets = budgets
        hasBudgets = !budgets.isEmpty
        self.history = history
        recent = month.facts(voice)
        runsAddress = "/runs?state=all&agent_id=\(id.text)&children=true"
        usageAddress = "/usage?from=\(month.from)&to=\(month.to)&scope=own&agent_id=\(id.text)"
        let rate = (numbers.successRate * 1000).rounded() / 10
        var facts = [
            Fact(name: words["agents.model"], value: numbers.model ?? words["agents.defaultModel"]),
            Fact(name: words["agents.runs"], value: numbers.runs.grouped),
        ]
        if numbers.runs > 0 {
            facts.append(Fact(name: words["agents.finished"], value: "\(rate)%"))
            facts.append(Fact(name: words["agents.time"], value: voice.duration(numbers.time)))
        }
        let lastUsed = numbers.lastUsedAt.map { voice.time($0).text } ?? words["agents.never"]
        self.facts = facts + [Fact(name: words["agents.lastUsed"], value: lastUsed)]
    }
}
