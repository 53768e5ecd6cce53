import Engine
import Foundation
import Storage

/// Where an agent's form comes from, beyond what is typed into it: carried along in hidden fields.
struct AgentOrigin: Sendable {
    /// The version that the form was opened with: of a later one nothing is overwritten.
    var version: Int?
    /// The earlier version that it gives again.
    var restoring: Int?
    /// What the form does not show of the definition that fills it; nil when that is the agent's present one.
    var rest: Rest?
    /// What the definition names and nobody here has.
    var missing: [AgentArrival.Gap] = []
    /// Whether somebody has changed the agent since it was opened.
    var isOvertaken = false

    /// Parameters and configurations of which the form shows some.
    struct Rest: Sendable {
        var parameters: String
        var configurations: [String: JSONValue]
    }

    var hidden: [HiddenField] {
        [
            version.map { HiddenField(name: "version", value: String($0)) },
            restoring.map { HiddenField(name: "restoring", value: String($0)) },
            rest.map { HiddenField(name: "rest", value: $0.text) },
        ].compactMap(\.self)
    }
}

/// A field that a form carries along.
struct HiddenField: Sendable {
    let name: String
    let value: String
}

extension AgentOrigin {
    init(_ form: Form) {
        version = Int(form["version"])
        restoring = Int(form["restoring"])
        rest = Rest(form["rest"])
    }
}

extension AgentOrigin.Rest {
    init(_ agent: AgentDraft) {
        (parameters, configurations) = (agent.parameters, agent.configurations)
    }

    fileprivate init?(_ text: String) {
        guard let fields = try? JSONValue(parsing: text).object else { return nil }
        parameters = fields["parameters"]?.object.map { JSONValue.object($0).text } ?? "{}"
        configurations = fields["configurations"]?.object ?? [:]
    }

    fileprivate var text: String {
        JSONValue.object([
            "parameters": (try? JSONValue(parsing: parameters)) ?? .object([:]),
            "configurations": .object(configurations),
        ]).text
    }
}
