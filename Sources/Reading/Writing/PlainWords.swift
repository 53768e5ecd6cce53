extension String {
    /// What a piece of HTML says, in one line.
    package var plainWords: String {
        guard contains("<") || contains("&") else { return inOneLine }
        let tree = PageTree(html: String(prefix(100_000)))
        return tree.line(0) ?? ""
    }
}
