import Engine
import Foundation
import Storage

/// How an agent uses one tool, as fields of its form: timeout, retries, and what the tool wants to be set.
struct ToolSettingsView: Sendable {
    let timeout: Field
    let retries: Field
    let parameters: [Field]
    let choices: [Select]
    /// Whether anything is set, so that it is shown open.
    let isSet: Bool

    /// `typed`: by the names of the fields.
    init(_ tool: AgentTool, typed: [String: String], errors: FormErrors = FormErrors(), voice: Voice) {
        let words = voice.words
        func field(_ key: String, label: String, hint: String? = nil, mode: String? = nil) -> Field {
            let name = "\(key).\(tool.name)"
            return Field(
                name,
                label: label,
                value: typed[name] ?? "",
                hint: hint,
                error: errors[name],
                inputMode: mode,
                maximumLength: 4000
            )
        }
        timeout = field(
            "timeout",
            label: words["agents.toolTimeout"],
            hint: words("agents.toolTimeoutHint", ["n": String(ToolSettings.timeouts.upperBound)]),
            mode: "numeric"
        )
        retries = field(
            "retries",
            label: words["agents.toolRetries"],
            hint: words("agents.toolRetriesHint", ["n": String(ToolSettings.retryCounts.upperBound)]),
            mode: "numeric"
        )
        let wanted = ToolParameter.all(of: tool)
        parameters = wanted.filter { $0.choices.isEmpty }.map { parameter in
            field("param.\(parameter.name)", label: parameter.name, hint: parameter.about, mode: parameter.inputMode)
        }
        choices = wanted.filter { !$0.choices.isEmpty }.map { parameter in
            let name = "param.\(parameter.name).\(tool.name)"
            let options = [""] + parameter.choices
            return Select(
                name,
                label: parameter.name,
                options: options.map {
                    Option(value: $0, label: $0.isEmpty ? "–" : $0, isChosen: $0 == typed[name] ?? "")
                },
                error: errors[name]
            )
        }
        let own = errors.messages.contains { $0.field.hasSuffix(".\(tool.name)") }
        isSet = own || typed.contains { $0.key.hasSuffix(".\(tool.name)") && !$0.value.isEmpty }
    }
}

/// Something that an agent's maker sets for a tool, as the tool declares it.
struct ToolParameter: Sendable {
    let name: String
    let about: String?
    let choices: [String]
    let inputMode: String?
    private let schema: JSONValue

    static func all(of tool: AgentTool) -> [ToolParameter] {
        (tool.parameters?["properties"]?.object ?? [:]).sorted { $0.key < $1.key }
            .map { ToolParameter($0.key, $0.value) }
    }

    private init(_ name: String, _ schema: JSONValue) {
        self.name = name
        self.schema = schema
        about = schema["description"]?.string
        let type = schema["type"]?.string
        choices = type == "boolean" ? ["true", "false"] : (schema["enum"]?.array ?? []).map { $0.string ?? $0.text }
        inputMode = type == "integer" ? "numeric" : type == "number" ? "decimal" : nil
    }

    /// What is wrong with what was typed; nil when it fits, or is left out and may be.
    func complaint(_ typed: String, isNeeded: Bool, words: Words) -> String? {
        guard !typed.isEmpty else { return isNeeded ? words["agents.toolNeeds"] : nil }
        let violations = (try? JSONSchema(schema))?.validate(value(typed)) ?? []
        return violations.first.map { words("form.notAccepted", ["reason": words.refusals[$0.message]]) }
    }

    /// What was typed as JSON: of the declared type where it can be that, else as text, of which the schema will complain.
    func value(_ typed: String) -> JSONValue {
        if let chosen = schema["enum"]?.array?.first(where: { ($0.string ?? $0.text) == typed }) { return chosen }
        guard let type = schema["type"]?.string, type != "string" else { return .string(typed) }
        return (try? JSONValue(parsing: typed)) ?? .string(typed)
    }
}

extension AgentTool {
    /// Its configuration as its fields show it.
    var typedConfiguration: [String: String] {
        var typed: [String: String] = [:]
        typed["timeout.\(name)"] = configuration["timeout"]?.text
        typed["retries.\(name)"] = configuration["max_retries"]?.text
        for (key, value) in configuration["custom_params"]?.object ?? [:] {
            typed["param.\(key).\(name)"] = value.string ?? value.text
        }
        return typed
    }

    /// What the fields of a form make of its configuration; what they do not show stays.
    func configuration(_ typed: [String: String], earlier: JSONValue?) -> JSONValue {
        var fields = earlier?.object ?? [:]
        func number(_ text: String?) -> JSONValue? {
            guard let text, !text.isEmpty else { return nil }
            return (try? JSONValue(parsing: text)) ?? .string(text)
        }
        fields["timeout"] = number(typed["timeout.\(name)"])
        fields["max_retries"] = number(typed["retries.\(name)"])
        var own = fields["custom_params"]?.object ?? [:]
        for parameter in ToolParameter.all(of: self) {
            let text = typed["param.\(parameter.name).\(name)"] ?? ""
            own[parameter.name] = text.isEmpty ? nil : parameter.value(text)
        }
        fields["custom_params"] = own.isEmpty ? nil : .object(own)
        return .object(fields)
    }
}

extension AgentTool {
    /// What is wrong with what was typed into its fields, by their names.
    func complaints(_ typed: [String: String], words: Words) -> [(field: String, message: String)] {
        var found: [(field: String, message: String)] = []
        for (key, range) in [("timeout", ToolSettings.timeouts), ("retries", ToolSettings.retryCounts)] {
            let text = typed["\(key).\(name)"] ?? ""
            guard !text.isEmpty, !(Int(text).map(range.contains) ?? false) else { continue }
            let bounds = ["least": String(range.lowerBound), "most": String(range.upperBound)]
            found.append(("\(key).\(name)", words("agents.toolNumberWrong", bounds)))
        }
        let needed = Set((parameters?["required"]?.array ?? []).compactMap(\.string))
        for parameter in ToolParameter.all(of: self) {
            let field = "param.\(parameter.name).\(name)"
            let isNeeded = needed.contains(parameter.name)
            if let message = parameter.complaint(typed[field] ?? "", isNeeded: isNeeded, words: words) {
                found.append((field, message))
            }
        }
        return found
    }

    /// What its fields are called in a summary of what is wrong.
    func labels(_ words: Words) -> [String: String] {
        let own = ToolParameter.all(of: self).map { ("param.\($0.name).\(name)", "\(name): \($0.name)") }
        let usual = [("timeout", "agents.toolTimeout"), ("retries", "agents.toolRetries")].map {
            ("\($0.0).\(name)", "\(name): \(words[$0.1])")
        }
        return Dictionary(own + usual) { first, _ in first }
    }
}
