import Foundation

/// A piece of a score's line: a rectangle in per cent of the axis and pixels of the line.
struct ScoreBar: Sendable, Equatable {
    /// The class; empty for the hatching, which is a pattern.
    let kind: String
    let isHatched: Bool
    let x: String
    let width: String
    let y: String
    let height: String

    /// What takes no time at all is seen all the same.
    private static let narrowest = 0.6

    init(_ span: RunTimeline.Span, on axis: ScoreAxis) {
        let (start, end) = (axis.place(of: span.start), axis.place(of: span.end))
        let width = max(Self.narrowest, end - start)
        x = ScoreAxis.percent(min(start, 100 - width))
        self.width = ScoreAxis.percent(width)
        isHatched = span.kind == .person
        switch span.kind {
        case .model: (kind, y, height) = ("think", "8.5", "3")
        case .children: (kind, y, height) = ("idle", "9.5", "1")
        case .tool: (kind, y, height) = ("work", "4", "12")
        case .failed: (kind, y, height) = ("failed", "4", "12")
        case .person: (kind, y, height) = ("", "4", "12")
        }
    }
}
