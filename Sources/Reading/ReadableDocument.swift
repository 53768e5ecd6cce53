/// What a web server sent, made readable: pages and feeds as Markdown, other texts as they are.
package struct ReadableDocument: Sendable, Equatable {
    /// What stands at the address is nothing to read.
    package struct Unreadable: Error, Sendable, Equatable {
        /// Its media type, as far as it is known.
        package var mediaType: String
    }

    package var title: String?
    package var site: String?
    package var author: String?
    /// Dates as the page writes them.
    package var published: String?
    package var modified: String?
    /// Markdown of a page or a feed, otherwise the text.
    package var text: String

    /// Takes as long as it takes: `read` does it aside.
    init(_ bytes: [UInt8], contentType: String?, url: String) throws {
        let type = MediaType(contentType, bytes: bytes)
        guard let kind = type.kind else { throw Unreadable(mediaType: type.name) }
        let text = Charset.text(of: bytes, declared: type.charset, mayDeclareItself: kind == .page || kind == .xml)
            .replacing("\0", with: "")
        switch kind {
        case .page: self.init(page: text, url: url)
        case .xml: self.init(xml: text, url: url)
        case .plain: self.init(text: text)
        }
    }

    /// What was made readable elsewhere.
    package init(text: String) { self.text = text }

    private init(xml: String, url: String) {
        guard let feed = Feed(PageTree(xml: xml), page: url) else {
            self.init(text: xml)
            return
        }
        self.init(text: feed.markdown())
        title = feed.title
    }

    private init(page html: String, url: String) {
        let tree = PageTree(html: html)
        let base = tree.elements(["base"]).lazy.compactMap { tree.attribute("href", of: $0) }.first
        let main = MainContent(of: tree)
        var writer = MarkdownWriter(tree: tree, isLeftOut: main.isLeftOut, links: LinkBase(page: url, base: base))
        self.init(text: writer.markdown(of: main.roots))
        let facts = PageFacts(of: tree)
        (title, site, author) = (facts.title, facts.site, facts.author)
        (published, modified) = (facts.published, facts.modified)
        // A page that is made by its scripts alone has at least said what it is about.
        if text.isEmpty { text = facts.summary ?? "" }
    }
}
