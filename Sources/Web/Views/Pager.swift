/// The way to what is older than this page, and back to the newest.
struct Pager: Sendable {
    let newest: String?
    let older: String?

    /// nil when everything is on one page.
    init?(newest: String?, older: String?) {
        guard newest != nil || older != nil else { return nil }
        self.newest = newest
        self.older = older
    }
}
