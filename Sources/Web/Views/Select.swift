/// A labelled choice of one out of several.
struct Select: Sendable {
    let id: String
    let name: String
    let label: String
    let options: [Option]
    let error: String?
    let describedBy: String?

    /// The id is the name where no other is given.
    init(_ name: String, id: String? = nil, label: String, options: [Option], error: String? = nil) {
        self.id = id ?? name
        self.name = name
        self.label = label
        self.options = options
        self.error = error
        describedBy = Field.describedBy(self.id, hint: nil, error: error)
    }
}

/// One of the choices of a `Select` or a group of radio buttons.
struct Option: Sendable {
    let value: String
    let label: String
    let isChosen: Bool
}
