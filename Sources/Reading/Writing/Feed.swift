/// A feed of news: RSS 0.9 to 2.0, or Atom.
struct Feed {
    private let tree: PageTree
    private let channel: Int
    private let links: LinkBase

    /// nil when the document is none.
    init?(_ tree: PageTree, page: String) {
        guard let root = tree.elements(["rss", "feed", "rdf"]).first else { return nil }
        self.tree = tree
        channel = tree.child("channel", of: root) ?? root
        links = LinkBase(page: page)
    }

    var title: String? { tree.child("title", of: channel).flatMap(line)?.plainWords }

    func markdown() -> String {
        var blocks: [String] = []
        let about = tree.child("description", "subtitle", of: channel).flatMap(line)
        if let about { blocks.append(about.plainWords) }
        for (number, item) in tree.elements(["item", "entry"]).prefix(200).enumerated() {
            blocks.append(entry(item, number: number + 1))
        }
        return blocks.joined(separator: "\n\n")
    }

    /// Entries may hold each other, so none is looked through to its end.
    private func line(_ node: Int) -> String? { tree.line(node, upTo: 5000) }

    private func entry(_ item: Int, number: Int) -> String {
        let title = tree.child("title", of: item).flatMap(line)?.plainWords ?? "Untitled"
        let heading = link(of: item).map { "[\(title.replacing("]", with: "\\]"))](\($0))" } ?? title
        let about = [
            tree.child("pubdate", "published", "updated", "date", of: item).flatMap(line),
            tree.child("creator", of: item).flatMap(line)
                ?? tree.child("author", of: item).flatMap { line(tree.child("name", of: $0) ?? $0) },
        ].compactMap { $0 }.joined(separator: ", ")
        let words =
            tree.child("encoded", "content", "description", "summary", of: item).map { tree.text($0, upTo: 50_000) }
            ?? ""
        let text = words.plainWords
        let shortened = text.count > 1000 ? text.prefix(1000) + "…" : text[...]
        return (["## \(number). \(heading)", about, String(shortened)].filter { !$0.isEmpty }).joined(separator: "\n\n")
    }

    private func link(of item: Int) -> String? {
        let all = tree.children(item).filter { tree.name($0) == "link" }
        let best = all.first { [nil, "alternate"].contains(tree.attribute("rel", of: $0)) } ?? all.first
        return best.flatMap { tree.attribute("href", of: $0) ?? line($0) }.flatMap { links.absolute($0) }
    }
}
