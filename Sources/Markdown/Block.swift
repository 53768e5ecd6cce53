/// A top-level block of a document, rendered.
struct Block {
    /// The line (from 0) it begins on.
    let line: Int
    let html: String
}
