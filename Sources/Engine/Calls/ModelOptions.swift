/// What a program may ask of a model's answer beyond what agents do. What a provider has no word for is refused, but for seeds
/// and penalties, which only lean an answer: they are left out.
package struct ModelOptions: Sendable, Equatable {
    /// Words before which the answer ends; they are not part of it.
    package var stop: [String] = []
    /// 0…1
    package var topP: Double?
    package var presencePenalty: Double?
    package var frequencyPenalty: Double?
    package var seed: Int?
    /// `low`, `medium`, `high`, or whatever else the model knows.
    package var reasoningEffort: String?
    /// `low`, `medium` or `high`: how much the answer says.
    package var verbosity: String?
    /// A JSON object of numbers of the model's own vocabulary, each with -100…100: how much likelier it is to come.
    package var logitBias: String?
    package var toolUse: ToolUse?
    /// Whether one answer may call several tools.
    package var parallelTools: Bool?
    package var format: AnswerFormat?

    package init() {}

    /// Which of the tools the model calls.
    package enum ToolUse: Sendable, Equatable {
        case automatic, none, required
        case tool(String)
    }

    /// What the answer must be.
    package enum AnswerFormat: Sendable, Equatable {
        /// Any JSON object.
        case object
        /// JSON by a schema. `schema` is a JSON Schema as text.
        case schema(name: String, description: String?, schema: String, isStrict: Bool?)
    }
}
