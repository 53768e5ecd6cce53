/// A page of a list by its number.
package struct Page: Sendable, Equatable {
    /// From 1.
    package var number: Int
    package var size: Int

    package init(number: Int = 1, size: Int = 20) {
        self.number = min(max(1, number), 1_000_000)
        self.size = min(max(1, size), 100)
    }

    var offset: Int { (number - 1) * size }

    /// As many as a choice offers, which has no pages.
    package static let choiceLimit = 500
}

/// The items of one page and how many there are on all.
package struct Paged<Item: Sendable>: Sendable {
    package var items: [Item]
    package var page: Page
    package var total: Int

    package init(items: [Item], page: Page, total: Int) {
        self.items = items
        self.page = page
        self.total = total
    }
}

/// What a choice offers: in one, and with an end.
package struct Offered<Item: Sendable>: Sendable {
    package var items: [Item]
    /// Whether there are more than are offered.
    package var isCut: Bool

    /// `found`: asked for with `limit`, which is one more than are offered.
    init(_ found: [Item]) {
        items = Array(found.prefix(Page.choiceLimit))
        isCut = found.count > Page.choiceLimit
    }

    static var limit: Int { Page.choiceLimit + 1 }
}
