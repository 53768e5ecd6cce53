/// A stretch of a text node that means more than its letters.
struct InlineMark {
    enum Kind {
        case link(BareLinkKind)
        case opensDeletion, closesDeletion
        /// It could have been a delimiter, and has no partner.
        case nothing
        /// The marks of a node end here.
        case end
    }

    let start: Int
    let end: Int
    var kind: Kind

    var isEnd: Bool {
        if case .end = kind { true } else { false }
    }
}
