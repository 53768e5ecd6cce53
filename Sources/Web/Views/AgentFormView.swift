import Engine
import Foundation
import Storage

/// The form in which an agent is made or changed.
struct AgentFormView: View {
    static let template = "agent-form"

    let page: Frame
    let title: String
    let action: String
    let back: String
    let deletion: String?
    let errors: ErrorSummary?
    /// What goes along with what is typed.
    let hidden: [HiddenField]
    /// What it was filled with and is not here; nil when all is.
    let missing: Missing?
    /// Where the versions are that somebody has made since it was opened; nil when nobody has.
    let overtaken: String?
    let displayName: Field
    let name: Field
    let description: Field
    let instruction: String
    let instructionError: String?
    let model: Select
    let temperature: Field
    let maximumTokens: Field
    let concurrentRuns: Field
    let capabilities: Field
    let team: [Choice]
    let hasTeam: Bool
    /// Said where there are more colleagues than are offered.
    let teamCut: String?
    let tools: [ToolChoice]
    let toolsError: String?
    let skills: [Choice]
    let hasSkills: Bool
    let isShared: Bool
    let isActive: Bool
    /// Where it is tried out; nil of one that is to be made.
    let trial: AgentTrialView?

    /// What was typed.
    struct Draft: Sendable {
        var displayName = ""
        var name = ""
        var description = ""
        var instruction = ""
        var modelID = ""
        var temperature = ""
        var maximumTokens = ""
        /// How many of its runs may be at work at once.
        var concurrentRuns = ""
        /// With commas between them.
        var capabilities = ""
        var team: Set<String> = []
        var tools: Set<String> = []
        /// How it uses its tools, by the names of the fields: `timeout.web_fetch`.
        var settings: [String: String] = [:]
        var skills: Set<String> = []
        var isShared = false
        var isActive = true
    }

    /// What a definition names and nobody here has.
    struct Missing: Sendable {
        let things: [String]
    }

    /// Something to tick.
    struct Choice: Sendable {
        let value: String
        let label: String
        let about: String
        let isChosen: Bool
    }

    /// A tool to tick, and how it is to be used.
    struct ToolChoice: Sendable {
        let choice: Choice
        let settings: ToolSettingsView
    }

    /// What there is to choose from.
    struct Offers: Sendable {
        var colleagues: [(name: String, title: String, about: String)]
        var models: [ModelRecord]
        var tools: [AgentTool]
        var skills: [SkillNote] = []
        /// Whether there are more colleagues.
        var isCut = false
    }

    /// `id` is nil for an agent that is to be made.
    init(
        page: Frame,
        id: UUID?,
        draft: Draft,
        origin: AgentOrigin = AgentOrigin(),
        offers: Offers,
        trial: AgentTrialView? = nil,
        errors: FormErrors = FormErrors(),
        voice: Voice
    ) {
        let words = voice.words
        var page = page
        page.isConversation = trial != nil
        page.isGrowing = trial?.stillAddress != nil
        self.page = page
        self.trial = trial
        hidden = origin.hidden
        missing = origin.missing.isEmpty ? nil : Missing(things: origin.missing.map { $0.words(words) })
        overtaken = origin.isOvertaken ? id.map { "/agents/\($0.text)#versions" } : nil
        title = id == nil ? words["agents.new"] : draft.displayName
        action = id.map { "/agents/\($0.text)/edit" } ?? "/agents/new"
        back = id.map { "/agents/\($0.text)" } ?? "/agents"
        deletion = id.map { "/agents/\($0.text)/deletion" }
        let labels = offers.tools.reduce(into: Self.labels(words)) { labels, tool in
            labels.merge(tool.labels(words)) { first, _ in first }
        }
        self.errors = errors.summary(labels, voice: voice)
        toolsError = errors["tools"]
        let fields = AgentFields(labels: labels, errors: errors, words: words)
        displayName = fields.field("display_name", draft.displayName, most: 100)
        name = fields.field("name", draft.name, hint: "agents.handleHint", most: 100)
        description = fields.field("description", draft.description, hint: "agents.aboutHint", most: 500)
        instruction = draft.instruction
        instructionError = errors["instruction"]
        temperature = fields.field("temperature", draft.temperature, hint: "agents.temperatureHint", mode: "decimal")
        maximumTokens = fields.field("max_tokens", draft.maximumTokens, hint: "models.tokens", mode: "numeric")
        concurrentRuns = fields.field(
            "max_concurrent",
            draft.concurrentRuns,
            hint: "agents.concurrentRunsHint",
            mode: "numeric"
        )
        capabilities = fields.field("capabilities", draft.capabilities, hint: "agents.capabilitiesHint")
        model = fields.model(draft.modelID, of: offers.models)
        team = offers.colleagues.map {
            Choice(value: $0.name, label: $0.title, about: $0.about, isChosen: draft.team.contains($0.name))
        }
        hasTeam = !team.isEmpty
        teamCut = offers.isCut ? words("agents.cut", ["n": Page.choiceLimit.grouped]) : nil
        tools = offers.tools.map { ToolChoice($0, draft, errors, voice) }
        skills = offers.skills.map {
            Choice(value: $0.name, label: $0.name, about: $0.description, isChosen: draft.skills.contains($0.name))
        }
        hasSkills = !skills.isEmpty
        isShared = draft.isShared
        isActive = draft.isActive
    }

    private static func labels(_ words: Words) -> [String: String] {
        [
            "display_name": words["agents.name"], "name": words["agents.handle"],
            "description": words["agents.about"], "instruction": words["agents.instruction"],
            "temperature": words["agents.temperature"], "max_tokens": words["models.maximumTokens"],
            "max_concurrent": words["agents.concurrentRuns"],
            "capabilities": words["agents.capabilities"], "model_id": words["agents.model"],
            "team": words["agents.team"], "tools": words["agents.tools"],
        ]
    }
}

extension AgentFormView.ToolChoice {
    fileprivate init(_ tool: AgentTool, _ draft: AgentFormView.Draft, _ errors: FormErrors, _ voice: Voice) {
        choice = AgentFormView.Choice(
            value: tool.name,
            label: tool.name,
            about: tool.about(voice),
            isChosen: draft.tools.contains(tool.name)
        )
        settings = ToolSettingsView(tool, typed: draft.settings, errors: errors, voice: voice)
    }
}

/// Fields of the form, by their names.
private struct AgentFields {
    let labels: [String: String]
    let errors: FormErrors
    let words: Words

    func field(_ name: String, _ value: String, hint: String? = nil, mode: String? = nil, most: Int? = nil) -> Field {
        Field(
            name,
            label: labels[name] ?? name,
            value: value,
            hint: hint.map { words[$0] },
            error: errors[name],
            inputMode: mode,
            maximumLength: most
        )
    }

    func model(_ chosen: String, of models: [ModelRecord]) -> Select {
        let usual = Option(value: "", label: words["agents.defaultModel"], isChosen: chosen.isEmpty)
        return Select(
            "model",
            label: words["agents.model"],
            options: [usual]
                + models.map { Option(value: $0.id.text, label: $0.displayName, isChosen: $0.id.text == chosen) },
            error: errors["model_id"]
        )
    }
}
