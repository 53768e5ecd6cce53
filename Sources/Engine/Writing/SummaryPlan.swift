import Foundation

/// How much of a conversation goes into its rolling summary, and when.
struct SummaryPlan {
    /// What the store brings along at most, with room to spare: what is older must be told by a summary.
    private static let messageLimit = 120
    private static let byteLimit = 200 * 1024

    /// The index after the last message to be told; nil when there is nothing to do.
    let end: Int?

    /// `window` is that of the model which reads the conversation. Summarised early, and then enough that it need not be
    /// done again at the next turn: prefixes that stay are what providers cache.
    init(_ messages: [ModelMessage], covered: Int, window: Int) {
        let rest = messages.dropFirst(covered)
        let budget = window * 3 / 4
        let bytes = rest.reduce(0) { $0 + $1.mostTokens }
        let isFull = bytes > budget * 3 / 5 && rest.reduce(0) { $0 + $1.estimatedTokens } > budget * 3 / 5
        guard isFull || rest.count > Self.messageLimit || bytes > Self.byteLimit else {
            end = nil
            return
        }
        var room = (tokens: budget * 3 / 10, bytes: Self.byteLimit / 2, messages: Self.messageLimit / 3)
        var start = messages.count
        // From the newest back; what is left is told. A question stays with its answer.
        for index in rest.indices.reversed() {
            room.tokens -= messages[index].estimatedTokens
            room.bytes -= messages[index].mostTokens
            room.messages -= 1
            guard room.tokens >= 0, room.bytes >= 0, room.messages >= 0 else { break }
            if case .user = messages[index] { start = index }
        }
        end = start > covered ? start : nil
    }
}
