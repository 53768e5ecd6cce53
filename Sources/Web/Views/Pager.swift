/// The way to the pages before and after this one.
struct Pager: Sendable {
    let range: String
    let newer: String?
    let older: String?

    /// nil when everything is on one page. `address` makes the address of a page from its number.
    init?(number: Int, size: Int, total: Int, voice: Voice, address: (Int) -> String) {
        guard total > size || number > 1 else { return nil }
        let first = (number - 1) * size + 1
        range = voice.words(
            "pager.range",
            ["from": first.grouped, "to": min(number * size, total).grouped, "total": total.grouped]
        )
        newer = number > 1 ? address(number - 1) : nil
        older = number * size < total ? address(number + 1) : nil
    }
}
