import Engine
import Foundation
import Hummingbird

/// How far somebody has read a conversation: all turns up to the newest that is named, but for those runs that are listed
/// with the last event that was read.
///
/// As text: `newest_run.sequence_run.sequence`, keys without dashes; `0` before the first turn.
struct ConversationPlace: Sendable, Equatable {
    /// The newest turn that is known.
    var newest: UUID?
    /// The runs of turns that are not read to their end, in the order in which they began.
    var runs: [(run: UUID, sequence: Int64)] = []

    init() {}

    /// Before the first event of a turn, and after all turns before it.
    init(before turn: UUID) { (newest, runs) = (turn, [(turn, 0)]) }

    /// nil for what is none.
    init?(_ text: String) {
        // No turn has this for its key, and no event this for its number.
        guard text != "0" else { return }
        let parts = text.split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count <= 500, let newest = parts.first.flatMap({ UUID(plain: $0) }) else { return nil }
        self.newest = newest
        for part in parts.dropFirst() {
            let pair = part.split(separator: ".", omittingEmptySubsequences: false)
            guard pair.count == 2, let run = UUID(plain: pair[0]), let sequence = Int64(pair[1]), sequence >= 0 else {
                return nil
            }
            runs.append((run, sequence))
        }
    }

    var text: String {
        guard let newest else { return "0" }
        return runs.reduce(into: newest.plain) { $0 += "_\($1.run.plain).\($1.sequence)" }
    }

    static func == (one: ConversationPlace, other: ConversationPlace) -> Bool { one.text == other.text }
}

extension ConversationFeed.Start {
    /// `Last-Event-ID`, or `after` in the query: the id of the last event that the reader has, or its `seq` in the newest
    /// turn, or the run of the turn to begin with.
    init(_ request: Request) throws(WebError) {
        guard let text = try EventStreamResponse.place(in: request) else {
            self = .now
            return
        }
        if let place = ConversationPlace(text) {
            self = .place(place)
        } else if let turn = UUID(uuidString: text) {
            self = .place(ConversationPlace(before: turn))
        } else if let sequence = Int64(text), sequence >= 0 {
            self = .sequence(sequence)
        } else {
            throw .invalid("after", "Use the id of the last event that you have, its seq, or the run to begin with.")
        }
    }
}

extension UUID {
    /// 32 digits.
    fileprivate var plain: String { text.replacing("-", with: "") }

    fileprivate init?(plain: Substring) {
        let digits = Array(plain.utf8)
        guard digits.count == 32 else { return nil }
        let parts = [digits[0..<8], digits[8..<12], digits[12..<16], digits[16..<20], digits[20...]]
        self.init(uuidString: parts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "-"))
    }
}
