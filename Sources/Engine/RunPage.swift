import Foundation

/// What one run has to say and has not stored yet. A class, because it is looked at every few milliseconds and a copy of
/// it costs a dozen references; it never leaves the lock of its book.
final class RunPage {
    /// Text waits at most this long for company.
    static let gatherTime = Duration.milliseconds(30)
    static let gatherBytes = 512
    /// More than this, and the model is held back.
    static let fullBytes = 256 * 1024

    private let run: UUID
    private let epoch: Int64
    private let data: EventData
    private let stop: @Sendable (RunEnding) -> Void
    private var sequence: Int64
    private var events: [RunEvent] = []
    private var text = ""
    private var textKind = TextKind.content
    private var textTime = Date()
    private var bytes = 0
    private var state: RunState?
    private var usage: [UsageRecord] = []
    private var toolCalls: [ToolCallRecord] = []
    /// When text was last taken; what is not text does not make text wait.
    private var textTakenAt: ContinuousClock.Instant?
    private(set) var isUnderWay = false
    private(set) var isLost = false
    var isClosing = false
    var waitingForRoom: [CheckedContinuation<Void, Never>] = []
    var waitingForIdle: [CheckedContinuation<Void, Never>] = []
    /// They wait until nothing of the run is unstored; it is stored at once then.
    var waitingForStored: [CheckedContinuation<Void, Never>] = []

    enum TextKind { case content, reasoning }

    init(_ claimed: ClaimedRun, stop: @escaping @Sendable (RunEnding) -> Void) {
        run = claimed.run.id
        epoch = claimed.epoch
        data = EventData(run: claimed.run)
        sequence = claimed.lastSequence
        self.stop = stop
    }

    var hasPending: Bool { !events.isEmpty || !text.isEmpty }
    var isFull: Bool { bytes >= Self.fullBytes && !isLost && !isClosing }

    func isDue(at now: ContinuousClock.Instant) -> Bool {
        guard !isUnderWay, !isLost, !isClosing, hasPending else { return false }
        guard events.isEmpty, waitingForStored.isEmpty, text.utf8.count < Self.gatherBytes, let textTakenAt else {
            return true
        }
        return now - textTakenAt >= Self.gatherTime
    }

    func add(_ delta: String, kind: TextKind) {
        if kind != textKind { endText() }
        if text.isEmpty { textTime = Date() }
        textKind = kind
        text += delta
        bytes += delta.utf8.count
    }

    func add(_ kind: RunEvent.Kind, _ data: String, state: RunState? = nil) {
        endText()
        append(kind, data, at: Date())
        if let state { self.state = state }
    }

    func add(_ records: [UsageRecord]) { usage += records }

    func add(_ record: ToolCallRecord) { toolCalls.append(record) }

    func take(at now: ContinuousClock.Instant) -> EventBatch {
        endText()
        defer {
            events = []
            bytes = 0
            state = nil
            usage = []
            toolCalls = []
        }
        if events.contains(where: { $0.kind == .contentStream }) { textTakenAt = now }
        isUnderWay = true
        return EventBatch(run: run, epoch: epoch, events: events, state: state, usage: usage, toolCalls: toolCalls)
    }

    /// All that is left, and the number that its first event has or would have.
    func takeRest() -> (batch: EventBatch, next: Int64) {
        let batch = take(at: .now)
        return (batch, batch.events.first?.sequence ?? sequence + 1)
    }

    func settled(isLost: Bool) -> [@Sendable () -> Void] {
        self.isLost = self.isLost || isLost
        return (isLost ? [{ [stop] in stop(.lost) }] : []) + idle()
    }

    /// Forgets what cannot be stored: the numbers of the log go on where it ends.
    func rejected(_ batch: EventBatch) -> [@Sendable () -> Void] {
        sequence = (batch.events.first?.sequence ?? sequence + 1) - 1
        events = []
        usage = []
        toolCalls = []
        text = ""
        bytes = 0
        let ending = RunEnding.failed(
            code: RunFailure.unforeseen.rawValue,
            message: "What the model sent could not be stored. Try again, or choose another model."
        )
        return [{ [stop] in stop(ending) }] + idle()
    }

    private func idle() -> [@Sendable () -> Void] {
        isUnderWay = false
        var waiting = waitingForRoom + waitingForIdle
        waitingForRoom = []
        waitingForIdle = []
        if !hasPending || self.isLost {
            waiting += waitingForStored
            waitingForStored = []
        }
        return waiting.map { continuation in { continuation.resume() } }
    }

    private func endText() {
        guard !text.isEmpty else { return }
        switch textKind {
        case .content: append(.contentStream, data.content(text), at: textTime)
        case .reasoning: append(.contentStream, data.reasoning(text), at: textTime)
        }
        text = ""
    }

    private func append(_ kind: RunEvent.Kind, _ data: String, at time: Date) {
        sequence += 1
        bytes += data.utf8.count
        events.append(RunEvent(sequence: sequence, kind: kind, data: data, timestamp: time))
    }
}
