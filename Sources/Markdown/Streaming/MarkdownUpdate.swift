/// What changed in the HTML of a text that grew.
package struct MarkdownUpdate: Sendable, Equatable {
    /// The first block that is not as before; all from here on are replaced by `blocks`.
    package var firstChanged: Int
    /// The HTML of each top-level block from `firstChanged` on.
    package var blocks: [String]
}
