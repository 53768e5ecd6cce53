import Engine

/// A run, and where its events are read.
struct WatchedRun: Sendable {
    let run: String
    let conversation: String
    /// Of a stream that has the run's events.
    let path: String
    /// After which they come; nil for the stream's own beginning.
    let place: String?
    /// Whether what has happened already has to be put in order.
    let hasPast: Bool

    /// A turn with all that work for it, as it is told to the whole conversation, from its beginning.
    init(turn run: String, conversation: String, hasPast: Bool = false) {
        (self.run, self.conversation, self.hasPast) = (run, conversation, hasPast)
        (path, place) = (Self.stream(of: conversation), run)
    }

    /// `run` as the server shows it: a turn, or what works for one, which is told by its own log. nil when it is none.
    init?(_ run: JSONValue) {
        guard let key = run["run_id"]?.string, let conversation = run["conversation_id"]?.string else { return nil }
        let isTurn = run["parent_run_id"]?.string == nil
        (self.run, self.conversation, hasPast) = (key, conversation, isTurn)
        path = isTurn ? Self.stream(of: conversation) : "/v1/runs/\(key)/events"
        place = isTurn ? key : nil
    }

    private static func stream(of conversation: String) -> String { "/v1/conversations/\(conversation)/events" }
}
