/// Finds the part of a page that people come for: paragraphs vote for what holds them, as readers' views do it.
struct MainContent {
    /// What is to be read, in the order of the document.
    let roots: [Int]
    /// By node: to be left out.
    let isLeftOut: [Bool]

    init(of tree: PageTree) {
        let all = Weights(of: tree).bytes
        let plain = Weights(of: tree, without: Clutter(of: tree, weights: all, isThorough: false))
        let strict = Weights(of: tree, without: Clutter(of: tree, weights: all, isThorough: true))
        let found = Self.roots(in: tree, strict)
        let foundBytes = found.reduce(0) { $0 + strict.bytes[$1] }
        // A list of links, or a page in small pieces, has no main part: then all of it is.
        let isList = strict.linked[0] * 2 > strict.bytes[0]
        if found.isEmpty || isList || (foundBytes < 600 && plain.bytes[0] > foundBytes * 3) {
            roots = [0]
            isLeftOut = plain.isLeftOut
        } else {
            roots = found
            isLeftOut = strict.isLeftOut
        }
    }

    private static func roots(in tree: PageTree, _ weights: Weights) -> [Int] {
        let scores = scores(in: tree, weights)
        guard let best = scores.indices.max(by: { scores[$0] < scores[$1] }), scores[best] > 0 else { return [] }
        // Authors who say where the article is are believed, the outermost one that is not a list of others.
        let around = [best] + tree.ancestors(best)
        if let main = around.last(where: { ["main", "article"].contains(tree.name($0)) || tree.isArticle($0) }) {
            return [main]
        }
        let parent = tree.nodes[best].parent
        let least = max(10, scores[best] / 5)
        return tree.children(parent).filter { sibling in
            guard !weights.isLeftOut[sibling] else { return false }
            if sibling == best || scores[sibling] >= least { return true }
            let isParagraph = tree.name(sibling) == "p" || tree.name(sibling).hasPrefix("h")
            return isParagraph && weights.bytes[sibling] > 80 && weights.density(sibling) < 0.25
        }
    }

    private static func scores(in tree: PageTree, _ weights: Weights) -> [Double] {
        var scores = [Double](repeating: 0, count: tree.nodes.count)
        for node in tree.nodes.indices where !weights.isLeftOut[node] && weights.bytes[node] >= 25 {
            guard ElementKinds.paragraphs.contains(tree.name(node)) || weights.ownBytes[node] >= 60 else { continue }
            let points = 1 + Double(weights.commas[node]) + min(Double(weights.bytes[node]) / 100, 3)
            for (level, ancestor) in tree.ancestors(node).prefix(5).enumerated() where ancestor != 0 {
                scores[ancestor] += level == 0 ? points : level == 1 ? points / 2 : points / Double(level * 3)
            }
        }
        for node in scores.indices where scores[node] > 0 {
            if !tree.authorsWords(node).isDisjoint(with: contentWords) { scores[node] += 10 }
            scores[node] *= 1 - weights.density(node)
        }
        return scores
    }
}

extension PageTree {
    fileprivate func isArticle(_ node: Int) -> Bool {
        attribute("role", of: node)?.lowercased() == "main" || attribute("itemprop", of: node) == "articleBody"
    }
}

/// How much text there is below each node, without what is left out. In bytes, because a Chinese character says as much as
/// some letters.
struct Weights {
    private(set) var bytes: [Int]
    /// Of texts that are the node's own children.
    private(set) var ownBytes: [Int]
    /// Within links.
    private(set) var linked: [Int]
    private(set) var commas: [Int]
    let isLeftOut: [Bool]

    init(of tree: PageTree, without clutter: Clutter? = nil) {
        let zeros = [Int](repeating: 0, count: tree.nodes.count)
        (bytes, ownBytes, linked, commas) = (zeros, zeros, zeros, zeros)
        isLeftOut = clutter?.isLeftOut ?? [Bool](repeating: false, count: tree.nodes.count)
        for node in tree.nodes.indices.reversed() where !isLeftOut[node] {
            let parent = tree.nodes[node].parent
            if case .text(let text) = tree.nodes[node].content {
                if ElementKinds.mute.contains(tree.name(parent)) { continue }
                (bytes[node], commas[node]) = Self.measure(text)
                ownBytes[parent] += bytes[node]
            }
            guard node != 0 else { return }
            bytes[parent] += bytes[node]
            commas[parent] += commas[node]
            linked[parent] += tree.name(node) == "a" ? bytes[node] : linked[node]
        }
    }

    /// How much of a node's text is links, from 0 to 1.
    func density(_ node: Int) -> Double { bytes[node] == 0 ? 0 : Double(linked[node]) / Double(bytes[node]) }

    private static func measure(_ text: String) -> (bytes: Int, commas: Int) {
        var (bytes, commas) = (0, 0)
        for scalar in text.unicodeScalars where !scalar.properties.isWhitespace {
            bytes += UTF8.width(scalar)
            if ",，、。".unicodeScalars.contains(scalar) { commas += 1 }
        }
        return (bytes, commas)
    }
}
