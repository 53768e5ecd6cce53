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
        /// Set when the tool calls changed.
        var tools: LiveAnswer?
        /// Set when the line below the text changed.
        var line: LiveAnswer?
        /// Messages that the run has taken in.
        var heard: [UUID] = []
    }

    fileprivate struct State: Sendable {
        var answer = LiveAnswer()
        var text = LiveText()
        /// What the page shows.
        var shown = LiveAnswer()
        var known: Int64
    }

    init(known: Int64) {
        state = Mutex(State(known: known))
        (changes, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    var isOver: Bool { state.withLock { $0.answer.state.isFinal } }

    /// What the run's log amounts to.
    var answer: LiveAnswer { state.withLock { $0.answer } }

    var sequence: Int64 { state.withLock { $0.answer.sequence } }

    /// An empty batch is a tick: time to look at the clock.
    func feed(_ events: [RunEvent]) {
        let isDue = state.withLock { state in
            for event in events {
                state.answer.feed(event)
                // What the page has already is taken in without a word.
                if event.sequence == state.known { state.catchUp() }
            }
            return state.answer.sequence >= state.known || state.answer.state.isFinal
        }
        if isDue { signal.yield() }
    }

    func close() { signal.finish() }

    func take() -> Change { state.withLock { $0.take() } }
}

extension LiveBoard.State {
    fileprivate mutating func catchUp() {
        _ = text.advance(to: answer)
        shown = answer
    }

    fileprivate mutating func take() -> LiveBoard.Change {
        let change = LiveBoard.Change(
            sequence: answer.sequence,
            text: text.advance(to: answer),
            tools: answer.tools != shown.tools ? answer : nil,
            line: answer.mood != shown.mood ? answer : nil,
            heard: Array(answer.heard.dropFirst(shown.heard.count))
        )
        shown = answer
        return change
    }
}
