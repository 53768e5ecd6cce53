/// What elements are to a reader.
enum ElementKinds {
    /// Never text to be read. The `head` is not among them: the parser leaves in it what it does not know, such as an article
    /// on a page that does not write its `body`.
    static let mute: Set<String> = [
        "script", "style", "noscript", "template", "svg", "canvas", "iframe", "object", "embed", "applet", "title",
        "link", "meta", "base", "audio", "video", "map", "select", "textarea", "input", "button", "datalist", "dialog",
        "progress", "meter", "frameset",
    ]

    /// Around what is to be read.
    static let surroundings: Set<String> = ["nav", "footer", "menu"]

    static let blocks: Set<String> = [
        "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset",
        "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "html",
        "legend", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th",
        "thead", "tr", "ul", "caption", "listing", "xmp",
    ]

    /// What holds words itself rather than other blocks.
    static let paragraphs: Set<String> = ["p", "pre", "blockquote", "td", "dd", "li"]
}
