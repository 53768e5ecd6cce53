import Foundation

/// What a page's relative addresses are relative to.
struct LinkBase {
    private let page: URL?
    private let base: URL?

    /// `base` is the page's own `<base href>`.
    init(page: String, base: String? = nil) {
        self.page = URL(string: page)
        self.base = base.flatMap { URL(string: $0, relativeTo: URL(string: page))?.absoluteURL } ?? self.page
    }

    /// Complete, fit to stand in a Markdown link; nil for a place within the page, and for what is no address to go to.
    func absolute(_ address: String) -> String? {
        let address = address.filter { !$0.isNewline && $0 != "\t" }
        guard !address.hasPrefix("#"), address.utf8.count <= 2000,
            let url = URL(string: address, relativeTo: base)?.absoluteURL,
            ["http", "https", "mailto"].contains(url.scheme?.lowercased() ?? "")
        else { return nil }
        let text = url.absoluteString
        if url.fragment != nil, let page,
            text.prefix(while: { $0 != "#" }) == page.absoluteString.prefix(while: { $0 != "#" })
        {
            return nil
        }
        return text.replacing("(", with: "%28").replacing(")", with: "%29").replacing(" ", with: "%20")
    }
}
