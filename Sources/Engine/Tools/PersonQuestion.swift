/// A question of an agent's to its person, as the input of the tool that asks it.
package struct PersonQuestion: Sendable, Equatable {
    /// Of an answer, in bytes.
    package static let longestAnswer = 16 * 1024

    package static let toolName = "ask_person"

    /// What the tool takes. Without choices the answer is free text.
    package static let schema = """
        {"type":"object","required":["question"],"additionalProperties":false,"properties":{
        "question":{"type":"string","minLength":1,"maxLength":4000},
        "choices":{"type":"array","minItems":1,"maxItems":12,"description":"the answers to choose from",
        "items":{"type":"string","minLength":1,"maxLength":300}},
        "allows_free_text":{"type":"boolean","description":"whether another answer than the choices may be written"}}}
        """

    package let question: String
    package let choices: [String]
    package let allowsFreeText: Bool

    /// nil when the input is not that of a question.
    package init?(_ input: JSONValue) {
        guard let question = input["question"]?.string else { return nil }
        self.question = question
        var seen: Set<String> = []
        choices = (input["choices"]?.array ?? []).compactMap(\.string).filter { seen.insert($0).inserted }
        allowsFreeText = choices.isEmpty || input["allows_free_text"]?.bool == true
    }

    /// What is wrong with an answer; nil when it can be given.
    package func complaint(about answer: String) -> String? {
        if choices.contains(answer) { return nil }
        if answer.trimmed.isEmpty { return "There is no answer." }
        if answer.utf8.count > Self.longestAnswer { return "At most \(Self.longestAnswer / 1024) KB." }
        return allowsFreeText ? nil : "Choose one of: \(choices.joined(separator: ", "))."
    }
}
