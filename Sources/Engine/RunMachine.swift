/// The moves of a run: `queued → running ⇄ waiting | paused → stopping → completed | failed | cancelled`.
package struct RunMachine: Sendable, Equatable {
    package private(set) var state: RunState

    package init(_ state: RunState = .queued) { self.state = state }

    /// Something that happens to a run.
    package enum Input: Sendable, CaseIterable {
        /// A worker takes it up, also after another worker's death.
        case claim
        /// It needs a person or a child.
        case wait
        case pause
        /// What it waited for is there, or the pause is over.
        case resume
        /// Somebody asked to stop it.
        case stop
        case complete
        case fail
        /// The stop is done.
        case cancel
    }

    /// The state after `input`, or nil when that cannot happen now; then nothing changes.
    package mutating func handle(_ input: Input) -> RunState? {
        guard let next = Self.next(state, input) else { return nil }
        state = next
        return next
    }

    private static func next(_ state: RunState, _ input: Input) -> RunState? {
        switch (state, input) {
        case (.queued, .claim), (.running, .claim), (.waiting, .resume), (.paused, .resume): .running
        case (.stopping, .claim): .stopping
        case (.running, .wait): .waiting
        case (.queued, .pause), (.running, .pause), (.waiting, .pause): .paused
        case (.running, .stop): .stopping
        case (.queued, .stop), (.waiting, .stop), (.paused, .stop), (.stopping, .cancel), (.running, .cancel):
            .cancelled
        case (.running, .complete), (.stopping, .complete): .completed
        case (.queued, .fail), (.running, .fail), (.waiting, .fail), (.stopping, .fail): .failed
        default: nil
        }
    }
}
