import Storage

/// The way through a list whose pages have numbers: which part of it this is, the page before and the next one.
struct PageTurner: Sendable {
    let range: String
    let before: String?
    let next: String?

    /// nil when everything is on one page. `address` is that of a page by its number.
    init?(_ page: Page, shown: Int, total: Int, voice: Voice, address: (Int) -> String) {
        guard total > page.size || page.number > 1 else { return nil }
        let first = (page.number - 1) * page.size
        range = voice.words(
            "turner.range",
            [
                "first": min(first + 1, total).grouped, "last": (first + shown).grouped, "total": total.grouped,
            ]
        )
        before = page.number > 1 ? address(page.number - 1) : nil
        next = first + shown < total ? address(page.number + 1) : nil
    }
}
