import Engine
import Foundation
import Synchronization

/// Where the task that reads a run's log leaves what the task that writes to the page picks up.
final class LiveBoard: Sendable {
    /// Yields when there may be something to do; several signals become one.
    let changes: AsyncStream<Void>

    private let signal: AsyncStream<Void>.Continuation
    private let state: Mutex<State>

    /// What changed since the last look.
    struct Change: Sendable {
        var sequence: Int64
        var text: LiveText.Change?
        /// Set when the runs are to be drawn anew.
        var tree: String?
        /// Set when other calls wait for the reader.
        var questions: String?
        /// Set when the line below the text changed.
        var line: LiveAnswer.Mood?
        /// Messages that the run has taken in.
        var heard: [UUID] = []
    }

    /// How the runs of a turn look now, as HTML.
    struct Drawing: Sendable {
        var tree: String
        /// nil when they are as they were.
        var questions: String?
        var isPersonAsked: Bool
        var isStopping = false
    }

    fileprivate struct State: Sendable {
        var answer = LiveAnswer()
        var text = LiveText()
        /// What the page shows.
        var shown = LiveAnswer().mood()
        /// How many of the messages that the run has taken in the page shows.
        var heard = 0
        var drawing: Drawing?
        var isPersonAsked = false
        /// Somebody wants it to stop, of which its log knows nothing.
        var isStopping = false
        var known: Int64
    }

    init(known: Int64, isStopping: Bool = false) {
        state = Mutex(State(isStopping: isStopping, known: known))
        (changes, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    var isOver: Bool { state.withLock { $0.answer.state.isFinal } }

    var sequence: Int64 { state.withLock { $0.answer.sequence } }

    /// An empty batch is a tick: time to look at the clock.
    func feed(_ events: [RunEvent]) {
        let isDue = state.withLock { state in
            for event in events {
                state.answer.feed(event)
                // What the page has already is taken in without a word.
                if event.sequence == state.known { state.catchUp() }
            }
            return state.hasCaughtUp
        }
        if isDue { signal.yield() }
    }

    /// Whether there is more to draw than an answer: it has called tools or colleagues.
    var hasCalls: Bool { state.withLock { !$0.answer.calls.isEmpty } }

    /// Whether a drawing waits to be picked up.
    var isUnread: Bool { state.withLock { $0.drawing != nil } }

    /// The newest drawing; one that was not picked up is replaced.
    func show(_ drawing: Drawing) {
        let isDue = state.withLock { state in
            var drawing = drawing
            drawing.questions = drawing.questions ?? state.drawing?.questions
            state.isPersonAsked = drawing.isPersonAsked
            state.isStopping = state.isStopping || drawing.isStopping
            state.drawing = drawing
            return state.hasCaughtUp
        }
        if isDue { signal.yield() }
    }

    func close() { signal.finish() }

    func take() -> Change { state.withLock { $0.take() } }
}

extension LiveBoard.State {
    /// Whether the log was read to where the page is.
    fileprivate var hasCaughtUp: Bool { answer.sequence >= known || answer.state.isFinal }

    fileprivate mutating func catchUp() {
        _ = text.advance(to: answer)
        (shown, heard) = (answer.mood(isStopping: isStopping), answer.heard.count)
    }

    fileprivate mutating func take() -> LiveBoard.Change {
        let mood = answer.mood(isPersonAsked: isPersonAsked, isStopping: isStopping)
        let change = LiveBoard.Change(
            sequence: answer.sequence,
            text: text.advance(to: answer),
            tree: drawing?.tree,
            questions: drawing?.questions,
            line: mood != shown ? mood : nil,
            heard: Array(answer.heard.dropFirst(heard))
        )
        (shown, drawing, heard) = (mood, nil, answer.heard.count)
        return change
    }
}
