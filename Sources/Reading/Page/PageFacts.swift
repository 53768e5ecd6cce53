import Foundation

/// What a page says of itself.
struct PageFacts: Sendable, Equatable {
    var title: String?
    var site: String?
    var author: String?
    /// As the page writes them.
    var published: String?
    var modified: String?
    var summary: String?

    init(of tree: PageTree) {
        let meta = Self.meta(in: tree)
        let article = Self.structuredArticle(in: tree)
        let first: ([String?]) -> String? = { $0.lazy.compactMap { $0 }.first.map { String($0.prefix(300)) } }
        title = first([
            meta["og:title"], meta["twitter:title"], article?.line("headline"),
            Self.line("title", in: tree), Self.line("h1", in: tree),
        ])
        site = first([meta["og:site_name"], meta["application-name"], article?.name("publisher")])
        author = first([
            meta["author"], article?.name("author"), meta["article:author"].flatMap { $0.contains("://") ? nil : $0 },
            meta["dc.creator"], Self.marked(["rel": "author", "itemprop": "author"], in: tree),
        ])
        published = first([
            article?.line("datePublished"), meta["article:published_time"], meta["date"], meta["dc.date"],
            meta["citation_publication_date"], meta["pubdate"], Self.time(in: tree),
        ])
        modified = first([
            article?.line("dateModified"), meta["article:modified_time"], meta["og:updated_time"],
            meta["last-modified"],
        ])
        summary = first([meta["og:description"], meta["description"]])
    }

    private static func meta(in tree: PageTree) -> [String: String] {
        var found: [String: String] = [:]
        for node in tree.elements(["meta"]) {
            let name = tree.attribute("property", of: node) ?? tree.attribute("name", of: node)
            guard let name = name?.lowercased(), found[name] == nil else { continue }
            found[name] = tree.attribute("content", of: node)?.inOneLine
        }
        return found
    }

    /// Bytes of text that are looked at for one fact, and elements in which it is looked for.
    private static let (longest, most) = (2000, 100)

    /// What the first element of this name says that says anything.
    private static func line(_ name: String, in tree: PageTree) -> String? {
        tree.elements([name]).prefix(most).lazy.compactMap { tree.line($0, upTo: longest) }.first
    }

    /// A short text marked with one of these attributes.
    private static func marked(_ wanted: [String: String], in tree: PageTree) -> String? {
        let nodes = tree.nodes.indices.lazy.filter { node in
            let attributes = tree.nodes[node].attributes
            return wanted.contains { attributes[$0.key]?.lowercased() == $0.value }
        }
        return nodes.prefix(most).compactMap { tree.line($0, upTo: longest) }.first { $0.count <= 100 }
    }

    private static func time(in tree: PageTree) -> String? {
        tree.elements(["time"]).lazy.compactMap { tree.attribute("datetime", of: $0) }.first
    }

    /// The first thing with a headline or a date that the page describes for machines (schema.org as JSON-LD).
    private static func structuredArticle(in tree: PageTree) -> [String: Any]? {
        for node in tree.elements(["script"]) where tree.attribute("type", of: node) == "application/ld+json" {
            let text = tree.text(node)
            guard text.utf8.count < 200_000, let value = try? JSONSerialization.jsonObject(with: Data(text.utf8)) else {
                continue
            }
            let root = value as? [String: Any]
            let items = (value as? [Any]) ?? (root?["@graph"] as? [Any]) ?? [value]
            for case let item as [String: Any] in items.prefix(50) {
                if item["headline"] != nil || item["datePublished"] != nil { return item }
            }
        }
        return nil
    }
}

extension [String: Any] {
    fileprivate func line(_ key: String) -> String? {
        guard let line = (self[key] as? String)?.inOneLine, !line.isEmpty else { return nil }
        return line
    }

    /// Of a person or an organisation, or of several.
    fileprivate func name(_ key: String) -> String? {
        if let plain = line(key) { return plain }
        let people = (self[key] as? [Any]) ?? [self[key] as Any]
        let names = people.compactMap { ($0 as? [String: Any])?.line("name") ?? ($0 as? String)?.inOneLine }
        return names.isEmpty ? nil : names.prefix(10).joined(separator: ", ")
    }
}
