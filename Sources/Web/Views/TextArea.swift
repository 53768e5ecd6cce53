/// A labelled text of several lines with its hint and its error.
struct TextArea: Sendable {
    let id: String
    let name: String
    let label: String
    let value: String
    let rows: String
    let hint: String?
    let error: String?
    let describedBy: String?

    init(
        _ name: String,
        label: String,
        value: String,
        rows: Int = 8,
        hint: String? = nil,
        error: String? = nil
    ) {
        id = name
        self.name = name
        self.label = label
        self.value = value
        self.rows = String(rows)
        self.hint = hint
        self.error = error
        describedBy = Field.describedBy(name, hint: hint, error: error)
    }
}
