/// Turns Markdown into HTML that may stand in a page as it is.
///
/// The dialect is CommonMark with GFM's tables, strikethrough, task lists and bare links. Raw HTML is left out
/// and links that a browser would run are emptied. The work is linear in the length of the text.
package enum MarkdownRenderer {
    package static func html(_ markdown: String) -> String {
        html(markdown, style: .page)
    }

    static func html(_ markdown: String, style: HTMLStyle) -> String {
        let document = Document(SourceText.clean(markdown))
        return document.blocks(style).reduce(into: "") { $0 += $1.html }
    }
}
