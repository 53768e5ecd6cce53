/// Renders a text while it grows, anew only from its last top-level block on.
///
/// Appended part by part, and then finished, a text's blocks joined are what `MarkdownRenderer.html` makes of the
/// whole. The work, and what is reported, are linear in the length of the text: an open block is rendered for every
/// part while it is small, and then each time it has grown by 1/128. Where the text may hold a link reference
/// definition, which can change any block, the whole text counts as open.
package struct MarkdownStream: Sendable {
    /// Up to this length (bytes) the open block is rendered for every part.
    private static let smallScope = 2048
    /// A larger one waits until the part of it that is not yet rendered is one of so many.
    private static let shares = 128

    private var source: [UInt8] = []
    /// All blocks as last reported.
    private var shown: [String] = []
    /// How many of them can no longer change.
    private var closed = 0
    /// Where the first open block begins.
    private var openStart = 0
    /// Images begun between the last blank line and `openStart`.
    private var images = 0
    private var isWholeOpen = false
    private var fence: OpenFence?
    /// How much of the source has been rendered, and looked through for blocks to close.
    private var rendered = 0
    private var searched = 0

    package init() {}

    /// Adds a part of any length and tells what changed; nothing, when a large open block has hardly grown.
    package mutating func append(_ delta: String) -> MarkdownUpdate {
        let part = SourceText.clean(delta)
        source += part
        if part.contains(where: \.isLineEnd) { fence?.extend(source[openStart...]) }
        return isDue ? refresh() : unchanged
    }

    /// Brings what was waiting; to be called at the end of the text, and harmless before it.
    package mutating func finish() -> MarkdownUpdate {
        refresh()
    }

    private var isDue: Bool {
        let scope = source.count - openStart
        return scope <= Self.smallScope || (source.count - rendered) * Self.shares >= scope || fence?.isClosed == true
    }

    private var unchanged: MarkdownUpdate { MarkdownUpdate(firstChanged: shown.count, blocks: []) }

    private mutating func refresh() -> MarkdownUpdate {
        guard source.count > rendered else { return unchanged }
        rendered = source.count
        var base = closed
        var fresh = extendFence()
        if fence != nil { return report(fresh, from: base) }
        if !isWholeOpen, DefinitionSearch.mayDefine(source[openStart...]) {
            reopen()
            base = 0
            fresh = []
        }
        if !isWholeOpen { fresh += closeBlocks() }
        fresh += Document(source[openStart...], images: images).blocks(.page).map(\.html)
        if !isWholeOpen { fence = OpenFence(source[openStart...]).flatMap { $0.isClosed ? nil : $0 } }
        return report(fresh, from: base)
    }

    /// The open code block with what was added to it; closes it when its fence has come.
    private mutating func extendFence() -> [String] {
        guard var fence else { return [] }
        self.fence = nil
        fence.extend(source[openStart...])
        let html = fence.html(source[openStart...])
        if fence.isClosed {
            close(through: openStart + fence.read, blocks: 1)
            searched = openStart
        } else {
            self.fence = fence
        }
        return [html]
    }

    /// The blocks that complete lines show to be over.
    private mutating func closeBlocks() -> [String] {
        let open = source[openStart...]
        guard let end = open.completeEnd, end > searched else { return [] }
        searched = end
        let document = Document(source[openStart..<end], images: images)
        guard document.openLine > 0 else { return [] }
        let blocks = document.blocks(.page, before: document.openLine).map(\.html)
        close(through: open.start(ofLine: document.openLine), blocks: blocks.count)
        return blocks
    }

    private mutating func close(through end: Int, blocks: Int) {
        images = SourceGuard(source[openStart..<end], images: images).images
        openStart = end
        closed += blocks
    }

    /// From now on every block may change.
    private mutating func reopen() {
        isWholeOpen = true
        openStart = 0
        images = 0
        closed = 0
    }

    private mutating func report(_ fresh: [String], from base: Int) -> MarkdownUpdate {
        var same = 0
        while same < fresh.count, base + same < shown.count, shown[base + same] == fresh[same] { same += 1 }
        if same == fresh.count, base + same == shown.count { return unchanged }
        shown.replaceSubrange((base + same)..., with: fresh[same...])
        return MarkdownUpdate(firstChanged: base + same, blocks: Array(fresh[same...]))
    }
}

extension ArraySlice<UInt8> {
    /// The end of the last line that is complete.
    fileprivate var completeEnd: Int? {
        guard let last = lastIndex(where: \.isLineEnd) else { return nil }
        guard self[last] == 0x0D, last + 1 == endIndex else { return last + 1 }
        return self[..<last].completeEnd
    }

    fileprivate func start(ofLine line: Int) -> Int {
        var start = startIndex
        for _ in 0..<line { start = SourceLine(self, from: start).next }
        return start
    }
}
