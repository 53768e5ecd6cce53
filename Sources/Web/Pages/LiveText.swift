import Engine
import Markdown

/// The Markdown of an answer that grows, as blocks of HTML of which each is exactly one element, so that a page can
/// count them.
struct LiveText: Sendable {
    private(set) var blocks: [String] = []
    private var stream = MarkdownStream()
    /// How much of the text is in `stream`, in bytes.
    private var length = 0
    private var beginnings = 0

    /// What a page must do to follow.
    struct Change: Sendable, Equatable {
        /// The text began anew: all blocks go first.
        var isReset: Bool
        var first: Int
        var blocks: [String]
    }

    /// Takes the text on to where `answer` is; nil when nothing is to be changed.
    mutating func advance(to answer: LiveAnswer) -> Change? {
        let isReset = answer.beginnings != beginnings && !blocks.isEmpty
        if answer.beginnings != beginnings { self = LiveText(beginnings: answer.beginnings) }
        let bytes = answer.text.utf8
        guard bytes.count > length || answer.state.isFinal else {
            return isReset ? Change(isReset: true, first: 0, blocks: []) : nil
        }
        var update = stream.append(String(answer.text[bytes.index(bytes.startIndex, offsetBy: length)...]))
        length = bytes.count
        var first = take(update)
        if answer.state.isFinal {
            update = stream.finish()
            first = min(first, take(update))
        }
        guard isReset || first < blocks.count else { return nil }
        return Change(isReset: isReset, first: first, blocks: Array(blocks[first...]))
    }

    init() {}

    private init(beginnings: Int) { self.beginnings = beginnings }

    /// Replaces what changed and tells from where on.
    private mutating func take(_ update: MarkdownUpdate) -> Int {
        let first = min(update.firstChanged, blocks.count)
        guard update.firstChanged < blocks.count || !update.blocks.isEmpty else { return blocks.count }
        blocks.replaceSubrange(first..., with: update.blocks.map(Self.element))
        return first
    }

    /// Raw HTML leaves a comment behind, which is no element.
    private static func element(_ html: String) -> String {
        let isElement = html.utf8.first == UInt8(ascii: "<") && html.utf8.dropFirst().first != UInt8(ascii: "!")
        return isElement ? html : "<span hidden></span>"
    }
}
