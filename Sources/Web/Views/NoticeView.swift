/// A notice: what happened, then what to do.
struct NoticeView: Sendable {
    /// The class: `fail`, `wait`, `done` or nothing.
    let kind: String
    let title: String
    let text: String

    init(kind: String = "fail", title: String = "", text: String) {
        self.kind = kind
        self.title = title
        self.text = text
    }
}
