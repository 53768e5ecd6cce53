import Foundation

/// DuckDuckGo's results for browsers without scripts.
package struct DuckDuckGoPage: Sendable {
    package struct Item: Sendable, Equatable {
        package var title: String
        package var url: String
        package var snippet: String
    }

    /// Advertisements left out.
    package let items: [Item]
    /// Whether it asks for a proof that a person is there.
    package let isChallenge: Bool

    /// Takes as long as it takes: `read` does it aside.
    init(_ bytes: [UInt8], contentType: String?) {
        let type = MediaType(contentType, bytes: bytes)
        let tree = PageTree(html: Charset.text(of: bytes, declared: type.charset))
        let results = tree.nodes.indices.filter { tree.has($0, "result") && !tree.has($0, "result--ad") }
        items = results.compactMap { Item(tree, $0) }
        isChallenge = items.isEmpty && tree.nodes.indices.contains { tree.has($0, "anomaly-modal__title") }
    }
}

extension DuckDuckGoPage.Item {
    fileprivate init?(_ tree: PageTree, _ result: Int) {
        let below = tree.below(result)
        guard let link = below.first(where: { tree.has($0, "result__a") }), let title = tree.line(link),
            let url = tree.attribute("href", of: link).flatMap(Self.target)
        else { return nil }
        self.title = title
        self.url = url
        snippet = below.first { tree.has($0, "result__snippet") }.flatMap(tree.line) ?? ""
    }

    /// Its links lead over itself: `//duckduckgo.com/l/?uddg=https%3A%2F%2Fexample.org&rut=…`.
    private static func target(_ address: String) -> String? {
        guard let link = URLComponents(string: address.hasPrefix("//") ? "https:" + address : address) else {
            return nil
        }
        let inner = link.queryItems?.first { $0.name == "uddg" }?.value
        let url = link.host?.hasSuffix("duckduckgo.com") == true ? inner : address
        return url.flatMap { $0.hasPrefix("http://") || $0.hasPrefix("https://") ? $0 : nil }
    }
}

extension PageTree {
    /// Whether an element is of this class.
    fileprivate func has(_ node: Int, _ name: String) -> Bool {
        nodes[node].attributes["class"]?.split(separator: " ").contains { $0 == name } ?? false
    }
}
