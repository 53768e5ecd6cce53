/// A labelled input with its hint and its error.
struct Field: Sendable {
    let id: String
    let name: String
    let label: String
    let type: String
    let value: String
    let hint: String?
    let error: String?
    let autocomplete: String?
    let placeholder: String?
    let inputMode: String?
    let maximumLength: String?
    let isRequired: Bool
    /// Of files: whether there may be several.
    let isMultiple: Bool
    let describedBy: String?

    /// A password's value is never shown again, whatever is given.
    init(
        _ name: String,
        label: String,
        type: String = "text",
        value: String = "",
        hint: String? = nil,
        error: String? = nil,
        autocomplete: String? = nil,
        placeholder: String? = nil,
        inputMode: String? = nil,
        maximumLength: Int? = nil,
        isRequired: Bool = false,
        isMultiple: Bool = false
    ) {
        id = name
        self.name = name
        self.label = label
        self.type = type
        self.value = type == "password" ? "" : value
        self.hint = hint
        self.error = error
        self.autocomplete = autocomplete
        self.placeholder = placeholder
        self.inputMode = inputMode
        self.maximumLength = maximumLength.map(String.init)
        self.isRequired = isRequired
        self.isMultiple = isMultiple
        describedBy = Field.describedBy(name, hint: hint, error: error)
    }

    static func describedBy(_ id: String, hint: String?, error: String?) -> String? {
        let parts = [hint.map { _ in id + "-hint" }, error.map { _ in id + "-error" }].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: " ")
    }
}
