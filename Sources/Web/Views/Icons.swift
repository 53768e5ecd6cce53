/// Our icons as markup: the only HTML besides Markdown's that a view may hold.
struct Icons: Sendable {
    /// The address of the sprite.
    let sprite: String

    /// A sign of the sprite; `name` is ours, never a person's.
    func callAsFunction(_ name: String, _ extra: String = "") -> String {
        "<svg class=\"icon\(extra.isEmpty ? "" : " " + extra)\" aria-hidden=\"true\">"
            + "<use href=\"\(sprite)#\(name)\"/></svg>"
    }

    /// The sign of an agent; `busy` lets its strokes take turns.
    func glyph(busy: Bool = false) -> String {
        "<svg class=\"glyph\(busy ? " busy" : "")\" viewBox=\"0 0 24 24\" aria-hidden=\"true\">\(Self.strokes)</svg>"
    }

    static let strokes =
        #"<path class="one" d="M2.5 20 9 4l2.1 5.2m1.8 4.4 1.7 4.2"/>"#
        + #"<path class="two" d="M9.4 17.8 15 4l6.5 16"/>"#

    static let wordmark =
        #"<svg viewBox="0 0 73.5 24" width="73.5" height="24" role="img" aria-label="ALMA">"#
        + #"<path class="one" d="M2 20 8.5 4 15 20M20.5 4v14.85H30"/>"#
        + #"<g transform="translate(31.5)">\#(strokes)</g><path class="one" d="M58.5 20 65 4l6.5 16"/></svg>"#
}
