/// Which parts of a page are not what people come for: menus, advertisements, what else there is to click.
struct Clutter {
    /// By node: it, or something around it, is to be left out.
    private(set) var isLeftOut: [Bool]

    /// `isThorough` also judges by the names that authors give to the parts of their pages. `weights` are the bytes of text
    /// below each node.
    init(of tree: PageTree, weights: [Int], isThorough: Bool) {
        isLeftOut = [Bool](repeating: false, count: tree.nodes.count)
        var isInArticle = isLeftOut
        for node in tree.nodes.indices.dropFirst() {
            let parent = tree.nodes[node].parent
            let name = tree.name(node)
            isInArticle[node] = isInArticle[parent] || ["article", "main"].contains(name)
            // What holds most of the page is no ornament, whatever it is called.
            let isLarge = weights[node] * 2 > weights[0]
            isLeftOut[node] =
                isLeftOut[parent] || tree.isMute(node)
                || (!isLarge && tree.surrounds(node, isInArticle: isInArticle[node]))
                || (isThorough && !isLarge && tree.isNamedAsClutter(node))
        }
    }
}

extension PageTree {
    fileprivate func isMute(_ node: Int) -> Bool {
        if ElementKinds.mute.contains(name(node)) { return true }
        let attributes = nodes[node].attributes
        guard !attributes.isEmpty else { return false }
        if attributes["hidden"] != nil || attributes["aria-hidden"]?.lowercased() == "true" { return true }
        let style = attributes["style"]?.lowercased().filter { !$0.isWhitespace } ?? ""
        return style.contains("display:none") || style.contains("visibility:hidden")
    }

    fileprivate func surrounds(_ node: Int, isInArticle: Bool) -> Bool {
        let name = name(node)
        if ElementKinds.surroundings.contains(name) { return true }
        // An article has a header of its own, and notes.
        if !isInArticle, name == "header" || name == "aside" { return true }
        let roles: Set<String> = [
            "navigation", "complementary", "banner", "contentinfo", "search", "dialog", "alertdialog", "menu",
            "menubar", "toolbar", "tablist",
        ]
        return attribute("role", of: node).map { roles.contains($0.lowercased()) } ?? false
    }

    fileprivate func isNamedAsClutter(_ node: Int) -> Bool {
        guard !nodes[node].attributes.isEmpty, !["html", "body", "main", "article", "pre", "code"].contains(name(node))
        else { return false }
        let words = authorsWords(node)
        return !words.isDisjoint(with: clutterWords) && words.isDisjoint(with: contentWords)
    }

    /// The words in an element's class and id.
    func authorsWords(_ node: Int) -> Set<String> {
        let names = [attribute("class", of: node), attribute("id", of: node)].compactMap { $0 }
        var words: Set<String> = []
        for name in names {
            var word = ""
            for character in name {
                let isBoundary = !character.isLetter || (character.isUppercase && word.last?.isLowercase == true)
                if isBoundary, !word.isEmpty {
                    words.insert(word.lowercased())
                    word = ""
                }
                if character.isLetter { word.append(character) }
            }
            if !word.isEmpty { words.insert(word.lowercased()) }
        }
        return words
    }
}

private let clutterWords: Set<String> = [
    "ad", "ads", "adsbygoogle", "advert", "adverts", "advertisement", "banner", "breadcrumb", "breadcrumbs", "catlinks",
    "comments", "consent", "cookie", "cookies", "disqus", "editsection", "footer", "gdpr", "hatnote", "login",
    "masthead",
    "menu", "modal", "nav", "navbar", "navbox", "navigation", "newsletter", "noprint", "outbrain", "pager",
    "pagination",
    "paywall", "popup", "promo", "promoted", "recommended", "recommendations", "related", "reply", "share", "sharing",
    "sidebar", "signup", "skip", "social", "sponsor", "sponsored", "subscribe", "subscription", "taboola", "toolbar",
    "widget",
]

let contentWords: Set<String> = [
    "article", "blog", "body", "content", "entry", "main", "markdown", "post", "prose", "story", "text",
]
