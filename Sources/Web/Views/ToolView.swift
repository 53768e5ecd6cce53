import Engine
import Foundation
import Storage

/// One tool: what models read of it, what it takes, what it may touch, who uses it.
struct ToolView: View {
    static let template = "tool"

    let page: Frame
    let name: String
    /// In the reader's language; nil where it is the description itself.
    let about: String?
    let level: String
    let description: String
    let fields: [Field]
    let hasFields: Bool
    let schema: String
    let facts: [Fact]
    let use: [Use]
    let hasUse: Bool
    /// What the organisation says about it; nil for those who do not lead it.
    let policy: Policy?
    /// What it does, for a tool that somebody made here.
    let body: [Body]
    let hasBody: Bool
    /// Of a tool that somebody made here.
    let history: HistoryView?
    /// For those who may change it.
    let making: Making?

    /// A part of what it does.
    struct Body: Sendable {
        let name: String
        let text: String
    }

    struct Making: Sendable {
        let edit: String
        let deletion: String
        let test: String
        let input: TextArea
        let parameters: TextArea?
        let result: String?
        let problem: String?
        let time: String?
    }

    /// A trial as it was asked for, and what came of it.
    struct TrialDraft: Sendable {
        /// nil until somebody has written one.
        var input: String?
        var parameters = ""
        var outcome: ToolTrial?
        /// Why it was not tried.
        var error: String?
    }

    struct Policy: Sendable {
        let action: String
        let select: Select
    }

    /// Something of its input.
    struct Field: Sendable {
        let name: String
        let type: String
        let isRequired: Bool
        let about: String
    }

    struct Use: Sendable {
        let agent: String
        let address: String?
        let calls: String
        let failed: String
        let cached: String
        let time: String
        let last: TimeText
    }

    init(
        page: Frame,
        tool: ToolRecord,
        use: [ToolUse],
        rule: ToolPolicy.Rule?,
        mayDecide: Bool,
        versions: [KeptVersion<ToolDraft>] = [],
        mayChange: Bool = false,
        trial: TrialDraft = TrialDraft(),
        voice: Voice
    ) {
        let words = voice.words
        self.page = page
        name = tool.name
        let about = voice.about(tool: tool.name, tool.description)
        self.about = about == tool.description ? nil : about
        level = words["level.\(tool.level.rawValue)"]
        description = tool.description
        fields = SchemaOutline(tool.schema).fields.map {
            Field(name: $0.name, type: $0.type, isRequired: $0.isRequired, about: $0.about)
        }
        hasFields = !fields.isEmpty
        schema = (try? JSONValue(parsing: tool.schema))?.pretty ?? tool.schema
        let calls = use.reduce(0) { $0 + $1.calls }
        facts = [
            Fact(name: words["tools.kind"], value: words["tools.type.\(tool.type)"]),
            Self.language(of: tool, words),
            Fact(name: words["tools.level"], value: level),
            Fact(name: words["tools.effect"], value: words["effect.\(tool.effect.rawValue)"]),
            Fact(name: words["tools.version"], value: tool.version),
            Fact(name: words["tools.calls"], value: calls.grouped),
        ].compactMap { $0 }
        self.use = use.map {
            Use(
                agent: voice.agent($0.agentName, systemName: $0.systemName) ?? words["tools.goneAgent"],
                address: $0.agentName == nil ? nil : "/agents/\($0.agentID.text)",
                calls: $0.calls.grouped,
                failed: $0.failedCalls.grouped,
                cached: $0.cachedCalls.grouped,
                time: voice.duration($0.seconds),
                last: voice.time($0.lastUsedAt)
            )
        }
        hasUse = !use.isEmpty
        policy =
            mayDecide
            ? Policy(
                action: "/tools/\(tool.id.text)/policy",
                select: .policy("decision", label: words["tools.policy"], rule, voice)
            ) : nil
        body = Self.body(tool, words)
        hasBody = !body.isEmpty
        history = HistoryView(
            versions,
            current: tool.version,
            address: "/tools/\(tool.id.text)",
            mayChange: mayChange,
            voice: voice
        )
        making = mayChange ? Making(tool, trial, voice: voice) : nil
    }

    private static func language(of tool: ToolRecord, _ words: Words) -> Fact? {
        guard tool.type == "script", let draft = tool.draft.map(ToolFormView.Draft.init) else { return nil }
        let names = ToolFormView.languages.first { $0.0 == draft.language }
        return Fact(name: words["tools.form.language"], value: names?.1 ?? draft.language)
    }

    private static func body(_ tool: ToolRecord, _ words: Words) -> [Body] {
        guard let draft = tool.draft.map(ToolFormView.Draft.init) else { return [] }
        let parts = [
            ("code", draft.code),
            ("url", draft.url.isEmpty ? "" : "\(draft.method) \(draft.url)"),
            ("headers", draft.headers), ("body", draft.body), ("answer", draft.answer),
            ("parameters", draft.parameters),
        ]
        return parts.filter { !$0.1.isEmpty }.map { Body(name: words["tools.form.\($0.0)"], text: $0.1) }
    }
}

extension ToolView.Making {
    fileprivate init(_ tool: ToolRecord, _ trial: ToolView.TrialDraft, voice: Voice) {
        let (words, address) = (voice.words, "/tools/\(tool.id.text)")
        edit = address + "/edit"
        deletion = address + "/deletion"
        test = address + "/test#test"
        input = TextArea(
            "input",
            label: words["tools.sample"],
            value: trial.input ?? SchemaOutline.sample(of: tool.schema),
            rows: 4,
            isCode: true
        )
        parameters =
            tool.parameters == nil
            ? nil
            : TextArea("params", label: words["tools.trialParameters"], value: trial.parameters, rows: 3, isCode: true)
        result = trial.outcome?.result
        problem = trial.error ?? trial.outcome?.error
        time = trial.outcome.map { voice.duration($0.seconds) }
    }
}
