import Engine
import Foundation
import Storage

/// An agent's form as it was sent, checked.
struct AgentInput: Sendable {
    let draft: AgentFormView.Draft
    private(set) var errors = FormErrors()
    private(set) var temperature: Double?
    private(set) var maximumTokens: Int?
    private(set) var concurrentRuns: Int?

    init(_ form: Form, voice: Voice) {
        draft = AgentFormView.Draft(
            displayName: form.trimmed("display_name"),
            name: form.trimmed("name"),
            description: form.trimmed("description"),
            instruction: form["instruction"].unixLines.trimmingCharacters(in: .whitespacesAndNewlines),
            modelID: form["model"],
            temperature: form.trimmed("temperature"),
            maximumTokens: form.trimmed("max_tokens"),
            concurrentRuns: form.trimmed("max_concurrent"),
            capabilities: form.trimmed("capabilities"),
            team: Set(form.all("team")),
            tools: Set(form.all("tool")),
            settings: form.values { name in ["timeout.", "retries.", "param."].contains { name.hasPrefix($0) } },
            skills: Set(form.all("skill")),
            isShared: form.has("shared"),
            isActive: form.has("active")
        )
        let words = voice.words
        if draft.displayName.isEmpty { errors.add("display_name", words["agents.nameEmpty"]) }
        for (field, text, limit) in [
            ("display_name", draft.displayName, 100), ("name", draft.name, 100),
            ("description", draft.description, 500),
            ("instruction", draft.instruction, 100_000),
        ] where text.unicodeScalars.count > limit {
            errors.add(field, words("form.tooLong", ["n": limit.grouped]))
        }
        if draft.instruction.isEmpty { errors.add("instruction", words["agents.instructionEmpty"]) }
        let abilities = capabilities
        if abilities.count > 20 || abilities.contains(where: { $0.unicodeScalars.count > 50 }) {
            errors.add("capabilities", words["agents.capabilitiesWrong"])
        }
        if !draft.temperature.isEmpty {
            temperature = Double(draft.temperature).flatMap { (0...2).contains($0) ? $0 : nil }
            if temperature == nil { errors.add("temperature", words["agents.temperatureWrong"]) }
        }
        maximumTokens = errors.wholeNumber(draft.maximumTokens, "max_tokens", words)
        concurrentRuns = errors.wholeNumber(draft.concurrentRuns, "max_concurrent", words)
    }

    /// What is wrong with how it is to use its tools: beside the field in question.
    mutating func checkSettings(of tools: [AgentTool], _ words: Words) {
        for tool in tools where draft.tools.contains(tool.name) {
            for complaint in tool.complaints(draft.settings, words: words) {
                errors.add(complaint.field, complaint.message)
            }
        }
    }

    mutating func add(_ field: String, _ message: String) { errors.add(field, message) }

    /// What is between commas, Chinese ones too.
    private var capabilities: [String] {
        draft.capabilities.split { ",，、\n".contains($0) }.map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }
    }

    /// `rest` is what the form does not show of what it was filled with.
    func agent(rest: AgentOrigin.Rest? = nil, tools: [AgentTool]) -> AgentDraft {
        var fields =
            (try? JSONSerialization.jsonObject(with: Data((rest?.parameters ?? "{}").utf8)) as? [String: Any]) ?? [:]
        fields["temperature"] = temperature
        fields["max_tokens"] = maximumTokens
        fields["max_concurrent"] = concurrentRuns
        let parameters = (try? JSONSerialization.data(withJSONObject: fields, options: .sortedKeys)) ?? Data("{}".utf8)
        return AgentDraft(
            name: draft.name.isEmpty ? draft.displayName : draft.name,
            displayName: draft.displayName,
            description: draft.description.isEmpty ? nil : draft.description,
            instruction: draft.instruction,
            modelID: UUID(uuidString: draft.modelID),
            capabilities: capabilities,
            team: draft.team.sorted(),
            tools: draft.tools.sorted(),
            configurations: Dictionary(
                tools.filter { draft.tools.contains($0.name) }.map { tool in
                    (tool.name, tool.configuration(draft.settings, earlier: rest?.configurations[tool.name]))
                }
            ) { first, _ in first },
            skills: draft.skills.sorted(),
            parameters: String(decoding: parameters, as: UTF8.self),
            isShared: draft.isShared,
            isActive: draft.isActive
        )
    }
}

extension AgentFormView.Draft {
    init(_ agent: AgentDraft, settings: [String: String]) {
        let fields = (try? JSONSerialization.jsonObject(with: Data(agent.parameters.utf8)) as? [String: Any]) ?? [:]
        func number(_ name: String) -> String { (fields[name] as? NSNumber)?.stringValue ?? "" }
        self.init(
            displayName: agent.displayName,
            name: agent.name == agent.displayName ? "" : agent.name,
            description: agent.description ?? "",
            instruction: agent.instruction,
            modelID: agent.modelID?.text ?? "",
            temperature: number("temperature"),
            maximumTokens: number("max_tokens"),
            concurrentRuns: number("max_concurrent"),
            capabilities: agent.capabilities.joined(separator: ", "),
            team: Set(agent.team),
            tools: Set(agent.tools),
            settings: settings,
            skills: Set(agent.skills ?? []),
            isShared: agent.isShared,
            isActive: agent.isActive
        )
    }
}
