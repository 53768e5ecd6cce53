/// What is wrong with a form, field by field, in the reader's words.
struct FormErrors: Sendable {
    private(set) var messages: [(field: String, message: String)] = []

    var isEmpty: Bool { messages.isEmpty }

    subscript(field: String) -> String? { messages.first { $0.field == field }?.message }

    mutating func add(_ field: String, _ message: String) { messages.append((field, message)) }

    /// The whole number of a field, with or without commas; nil of one that is empty, or wrong, which is noted.
    mutating func wholeNumber(_ text: String, _ field: String, _ words: Words) -> Int? {
        guard !text.isEmpty else { return nil }
        let number = Int(text.replacing(",", with: "")).flatMap { (1...100_000_000).contains($0) ? $0 : nil }
        if number == nil { add(field, words["models.numberWrong"]) }
        return number
    }

    /// The summary at the form's top; nil when all is well. `labels` names the fields as the form does.
    func summary(_ labels: [String: String], voice: Voice) -> ErrorSummary? {
        isEmpty ? nil : ErrorSummary(self, labels: labels, voice: voice)
    }
}

/// How many things are to be mended, with a link to each.
struct ErrorSummary: Sendable {
    let title: String
    let text: String
    let links: [Link]

    struct Link: Sendable {
        let address: String
        let label: String
        let comma: String
    }

    fileprivate init(_ errors: FormErrors, labels: [String: String], voice: Voice) {
        title = voice.words.count("form.errorCount", errors.messages.count)
        text = voice.words["form.kept"]
        links = errors.messages.enumerated().map { index, error in
            Link(
                address: "#" + error.field,
                label: labels[error.field] ?? error.field,
                comma: voice.words[index < errors.messages.count - 1 ? "form.listComma" : "form.listEnd"]
            )
        }
    }
}
