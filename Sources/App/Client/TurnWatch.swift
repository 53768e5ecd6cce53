import Engine
import Foundation

/// Whether what a run asks is approved, asked about, or left where it is.
enum ApprovalPolicy: String, Sendable, CaseIterable {
    case all, ask, none
}

/// Sees one turn through: tells what happens, asks its person, and stops it when they say so.
struct TurnWatch: Sendable {
    /// How a turn has ended, as far as somebody saw it.
    enum End: Sendable, Equatable {
        case completed, failed, cancelled
        /// Nobody answers here what it asks.
        case waiting(AskedCall)
        case timedOut
    }

    struct Seen: Sendable {
        var end: End
        var story: TurnStory
    }

    /// Of a stop that nothing came of.
    private static let patience = Duration.seconds(10)

    let client: ServerClient
    let screen: TurnScreen
    let policy: ApprovalPolicy
    /// nil where nobody can be asked.
    var asker: Asker?
    let interrupts: Interrupts
    var timeout: Duration?
    /// Whether Ctrl-C stops the run, or only its telling.
    var stopsRun = true

    /// To its end, or to where nobody answers.
    func see(_ run: WatchedRun) async throws -> Seen {
        let (events, channel) = AsyncThrowingStream<StreamedEvent, any Error>.makeStream()
        let stops = StopBell(interrupts, presses: stopsRun ? 2 : 1) {
            asker?.leave()
            let command = "alma chat \(run.conversation.shortID)"
            channel.finish(
                throwing: CommandFailure(.cancelled, "Left. Where the run goes on, `\(command)` takes it up.")
            )
        }
        defer { interrupts.listen(nil) }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask { await read(run, into: channel) }
            group.addTask { await stop(run.run, on: stops, channel) }
            if let timeout { group.addTask { await stops.ring(after: timeout) } }
            let seen = try await tell(events, of: run.run)
            return stops.isLate && seen.end == .cancelled ? Seen(end: .timedOut, story: seen.story) : seen
        }
    }

    private func read(
        _ run: WatchedRun,
        into channel: AsyncThrowingStream<StreamedEvent, any Error>.Continuation
    ) async {
        var follower = EventFollower(client: client, path: run.path)
        follower.isLost = { screen.progress("The connection is lost; it is taken up as soon as the server answers.") }
        /// False at the end.
        @Sendable func take(_ event: StreamedEvent) -> Bool {
            channel.yield(event)
            if event.type == "approval_resolved" { asker?.settled(event.data["call_id"]?.string ?? "") }
            guard event.ends(run.run) else { return true }
            asker?.leave()
            return false
        }
        do {
            let (past, place) = run.hasPast ? try await self.past(of: run, follower) : ([], run.place)
            if past.allSatisfy(take) { try await follower.follow(after: place, take) }
            channel.finish()
        } catch {
            asker?.leave()
            channel.finish(throwing: error)
        }
    }

    /// What has happened already, in order: a stream tells old events run by run. With the place of the last one.
    private func past(of run: WatchedRun, _ follower: EventFollower) async throws -> ([StreamedEvent], String?) {
        let told = Locked<[StreamedEvent]>([])
        let place = try await follower.told(after: run.place) { event in
            guard !event.begins(anotherThan: run.run) else { return false }
            told.withLock { $0.append(event) }
            return true
        }
        return (StreamedEvent.inOrder(told.withLock { $0 }), place)
    }

    /// Asks the server to end the run as soon as its person or the time says so.
    private func stop(
        _ run: String,
        on bell: StopBell,
        _ channel: AsyncThrowingStream<StreamedEvent, any Error>.Continuation
    ) async {
        await bell.rung()
        guard !Task.isCancelled else { return }
        screen.note(bell.isLate ? "The time is over: stopping." : "Stopping. Ctrl-C once more leaves at once.")
        asker?.leave()
        do {
            _ = try await client.post("/v1/runs/\(run)/cancellation", .object([:]))
            guard bell.isLate else { return }
            try await Task.sleep(for: Self.patience)
            channel.finish(throwing: CommandFailure(.timedOut, "The run \(run) was stopped, and has not ended yet."))
        } catch let failure as CommandFailure where failure.status == 409 {
            // It has ended meanwhile, and its last events are on their way.
        } catch let failure as CommandFailure {
            channel.finish(throwing: failure)
        } catch {}
    }

    private func tell(_ events: AsyncThrowingStream<StreamedEvent, any Error>, of run: String) async throws -> Seen {
        var story = TurnStory(root: run)
        for try await event in events {
            screen.record(event)
            for telling in story.feed(event) {
                switch telling {
                case .words(let text): screen.words(text)
                case .progress(let text): screen.progress(text)
                case .asks(let call):
                    guard try await answer(call) else { return Seen(end: .waiting(call), story: story) }
                }
            }
        }
        let end: End =
            switch story.state {
            case .completed: .completed
            case .cancelled: .cancelled
            default: .failed
            }
        return Seen(end: end, story: story)
    }

    /// False when nobody answers here.
    private func answer(_ call: AskedCall) async throws -> Bool {
        while try await isOpen(call) {
            let reply: JSONValue
            if policy == .all, call.isToolCall {
                screen.progress("approved: \(call.tool)")
                reply = .object(["decision": .string("approve")])
            } else if policy != .none, let asker {
                switch await asker.ask(call) {
                case .left: return false
                case .settled: return true
                case .reply(let said): reply = said
                }
            } else {
                return false
            }
            do {
                _ = try await client.post(call.path, reply)
                return true
            } catch {
                // What is wrong with an answer is said, and it is asked again; one that came too late is not.
                guard asker != nil, error.status == 422 else {
                    if error.status == 409 || error.status == 404 { return true }
                    throw error
                }
                screen.note("  \(error)")
            }
        }
        return true
    }

    /// Whoever joins a turn is told also what was asked and answered before.
    private func isOpen(_ call: AskedCall) async throws -> Bool {
        let asked = try await client.get("/v1/runs/\(call.run)/approvals").array ?? []
        return asked.contains { $0["call_id"]?.string == call.call && $0["state"]?.string == "pending" }
    }
}

/// Says once that a turn is to be stopped: by Ctrl-C, or because its time is over. A second Ctrl-C leaves it.
final class StopBell: Sendable {
    private struct State {
        var presses = 0
        var isLate = false
    }

    private let state = Locked(State())
    private let bell = Signal()

    /// `presses`: after how many somebody leaves.
    init(_ interrupts: Interrupts, presses most: Int, leave: @escaping @Sendable () -> Void) {
        interrupts.listen { [self] in
            let presses = state.withLock { state in
                state.presses += 1
                return state.presses
            }
            if presses >= most { leave() } else { bell.ring() }
        }
    }

    /// Whether time has stopped it and not its person.
    var isLate: Bool { state.withLock { $0.isLate } }

    /// Returns when it is rung, or the task is cancelled.
    func rung() async { await bell.wait() }

    func ring(after time: Duration) async {
        guard (try? await Task.sleep(for: time)) != nil else { return }
        state.withLock { $0.isLate = $0.presses == 0 }
        bell.ring()
    }
}
