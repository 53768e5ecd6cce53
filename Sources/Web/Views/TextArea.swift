/// A labelled text of several lines with its hint and its error.
struct TextArea: Sendable {
    let id: String
    let name: String
    let label: String
    let value: String
    let rows: String
    /// Whether it is code, and shown in a fixed width.
    let isCode: Bool
    let hint: String?
    let error: String?
    let describedBy: String?

    init(
        _ name: String,
        label: String,
        value: String,
        rows: Int = 8,
        isCode: Bool = false,
        hint: String? = nil,
        error: String? = nil
    ) {
        id = name
        self.name = name
        self.label = label
        self.value = value
        self.rows = String(rows)
        self.isCode = isCode
        self.hint = hint
        self.error = error
        describedBy = Field.describedBy(name, hint: hint, error: error)
    }
}
