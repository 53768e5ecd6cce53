import Engine
import Foundation
import Storage

/// What a run did and when, read off its log: a value that a page draws and a program reads.
struct RunTimeline: Sendable, Equatable {
    /// How many spans and calls are kept, the newest.
    static let limit = 200

    struct Span: Sendable, Equatable {
        enum Kind: String, Sendable {
            /// The model thinks or writes.
            case model
            case tool
            /// A person is awaited.
            case person
            /// It failed and was tried again.
            case failed
            /// It rests until its children end.
            case children
        }

        var kind: Kind
        var start: Date
        var end: Date
    }

    struct Call: Sendable, Equatable {
        var id: String
        var name: String
        /// JSON, or what the model sent in place of it.
        var input: String
        /// What came of it, or why nothing did.
        var result: String?
        /// What it has brought so far, while it works.
        var progress: String?
        /// nil while it works, and when it was cut short.
        var hasSucceeded: Bool?
        var span: Span
        /// When a person was asked, as long as they have not answered or until they did.
        var asked: Span?
        var isPending = false
        /// A crash cut it short, and a person takes it as done.
        var isTakenAsDone = false
        /// `result` is an excerpt.
        var isCut = false
    }

    /// A task of a plan, as it was told last.
    struct Task: Sendable, Equatable {
        var call: String
        var id: String
        var title: String
        /// The colleague's name.
        var agent: String
        var dependsOn: [String]
        /// `pending`, `running`, `completed`, `failed`, `cancelled` or `skipped`.
        var state: String
        var run: UUID?
    }

    private(set) var spans: [Span] = []
    private(set) var calls: [Call] = []
    private(set) var tasks: [Task] = []
    /// Who has worked on it, in order: one passes it on to the next.
    private(set) var agents: [String] = []
    private(set) var error: String?

    /// `now` is where what goes on still ends.
    init(_ turnRun: TurnRun, now: Date) {
        var reader = TimelineReader(approvals: turnRun.approvals, progress: turnRun.progress)
        for event in turnRun.events { reader.feed(event) }
        reader.end(turnRun.run, at: turnRun.run.finishedAt ?? now)
        spans = reader.spans.suffix(Self.limit)
        calls = reader.calls.suffix(Self.limit)
        tasks = reader.plans.flatMap(\.tasks)
        agents = reader.agents
        error = reader.error
    }
}

/// Goes through a log from its beginning.
private struct TimelineReader {
    private(set) var spans: [RunTimeline.Span] = []
    private(set) var calls: [RunTimeline.Call] = []
    private(set) var plans: [(call: String, tasks: [RunTimeline.Task])] = []
    private(set) var agents: [String] = []
    private(set) var error: String?

    private let approvals: [String: ApprovalRecord]
    private let progress: [String: String]
    private var state = RunState.queued
    private var attempt = 0
    private var last: Date?
    /// Since when the model has been asked.
    private var thinksSince: Date?
    private var restsSince: Date?

    init(approvals: [ApprovalRecord], progress: [String: String]) {
        self.progress = progress
        self.approvals = Dictionary(approvals.map { ($0.callID, $0) }) { _, last in last }
    }

    mutating func feed(_ event: RunEvent) {
        guard let data = try? JSONValue(parsing: event.data) else { return }
        switch event.kind {
        case .runStatus: feedStatus(data, event.timestamp)
        case .agentStart: feedAgent(data)
        case .usage: feedUsage(data, event.timestamp)
        case .toolCall: feedCall(data, event.timestamp)
        case .toolResult: feedResult(data, event.timestamp)
        case .planUpdate: feedPlan(data)
        case .error: error = data["error_message"]?.string
        default: break
        }
        last = event.timestamp
    }

    private mutating func feedStatus(_ data: JSONValue, _ time: Date) {
        let next = data["state"]?.string.flatMap(RunState.init) ?? state
        let number = data["attempt"]?.int ?? attempt
        if let since = restsSince { add(.children, since, time) }
        restsSince = next == .waiting && data["reason"]?.string == "child" ? time : nil
        if next == .running {
            let isSecondTry = data["reason"]?.string?.contains(": ") == true
            // The worker of the attempt before was lost somewhere in between.
            if number > attempt, attempt > 0, let last { add(.failed, last, time) }
            if isSecondTry { add(.failed, thinksSince ?? time, time) }
        }
        if next == .failed { add(.failed, thinksSince ?? time, time) }
        thinksSince = next == .running ? time : nil
        (state, attempt) = (next, number)
    }

    private mutating func feedAgent(_ data: JSONValue) {
        guard let name = data["agent_name"]?.string, agents.last != name else { return }
        agents.append(name)
    }

    /// Calls that failed are told together with the one that did not; when they failed is known from the states.
    private mutating func feedUsage(_ data: JSONValue, _ time: Date) {
        let seconds = NSDecimalNumber(decimal: data["response_time"]?.decimal ?? 0).doubleValue
        if let before = spans.last, before.kind == .model, abs(before.end.timeIntervalSince(time)) < 0.002 {
            spans.removeLast()
        }
        add(.model, time.addingTimeInterval(-max(0, seconds)), time)
        if state == .running { thinksSince = time }
    }

    private mutating func feedCall(_ data: JSONValue, _ time: Date) {
        guard let id = data["call_id"]?.string else { return }
        thinksSince = nil
        calls.append(
            RunTimeline.Call(
                id: id,
                name: data["tool_name"]?.string ?? "",
                input: data["tool_input"]?.string ?? data["tool_input"]?.text ?? "",
                span: RunTimeline.Span(kind: .tool, start: time, end: time)
            )
        )
    }

    private mutating func feedResult(_ data: JSONValue, _ time: Date) {
        guard let place = calls.lastIndex(where: { $0.id == data["call_id"]?.string }) else { return }
        let hasSucceeded = data["success"]?.bool ?? false
        let seconds = NSDecimalNumber(decimal: data["execution_time"]?.decimal ?? 0).doubleValue
        calls[place].hasSucceeded = hasSucceeded
        calls[place].isTakenAsDone = data["maybe_executed"]?.bool ?? false
        calls[place].result = data[hasSucceeded ? "result" : "error"]?.string
        calls[place].isCut = data["result_bytes"]?.int != nil
        calls[place].span = RunTimeline.Span(
            kind: hasSucceeded ? .tool : .failed,
            start: max(calls[place].span.start, time.addingTimeInterval(-max(0, seconds))),
            end: time
        )
        if !calls[place].isTeam { spans.append(calls[place].span) }
        if state == .running, calls.allSatisfy({ $0.result != nil || $0.hasSucceeded != nil }) { thinksSince = time }
    }

    private mutating func feedPlan(_ data: JSONValue) {
        guard let call = data["call_id"]?.string else { return }
        let tasks = (data["tasks"]?.array ?? []).map { RunTimeline.Task($0, call: call) }
        if let place = plans.firstIndex(where: { $0.call == call }) {
            plans[place].tasks = tasks
        } else {
            plans.append((call: call, tasks: tasks))
        }
    }

    /// What has no end in the log ends with the run, or now.
    mutating func end(_ run: Run, at end: Date) {
        if let since = restsSince { add(.children, since, end) }
        if state == .running, let since = thinksSince, !run.state.isFinal { add(.model, since, end) }
        for index in calls.indices {
            if let approval = approvals[calls[index].id] {
                let answered = approval.decidedAt ?? end
                let asked = RunTimeline.Span(
                    kind: .person,
                    start: approval.createdAt,
                    end: max(approval.createdAt, answered)
                )
                calls[index].asked = asked
                calls[index].isPending = approval.decision == nil && !run.state.isFinal
                spans.append(asked)
            }
            guard calls[index].hasSucceeded == nil, !calls[index].isPending else { continue }
            if !run.state.isFinal { calls[index].progress = progress[calls[index].id] }
            calls[index].span.start = max(calls[index].span.start, calls[index].asked?.end ?? .distantPast)
            calls[index].span.end = max(calls[index].span.start, end)
            if !calls[index].isTeam, approvals[calls[index].id]?.decision?.isRefusal != true {
                spans.append(calls[index].span)
            }
        }
        spans.sort { $0.start < $1.start }
    }

    private mutating func add(_ kind: RunTimeline.Span.Kind, _ start: Date, _ end: Date) {
        spans.append(RunTimeline.Span(kind: kind, start: min(start, end), end: end))
    }
}

extension RunTimeline.Call {
    /// Colleagues do it: their own runs show how.
    var isTeam: Bool { ["plan", "delegate", "hand_off"].contains(name) }

    var isHandOff: Bool { name == "hand_off" && hasSucceeded == true }
}

extension CallAnswer.Decision {
    /// The call is not done because of it.
    fileprivate var isRefusal: Bool { self == .denied || self == .expired || self == .stop }
}

extension RunTimeline.Task {
    fileprivate init(_ json: JSONValue, call: String) {
        self.call = call
        id = json["id"]?.string ?? ""
        title = json["title"]?.string ?? ""
        agent = json["agent"]?.string ?? ""
        dependsOn = json["depends_on"]?.array?.compactMap(\.string) ?? []
        state = json["state"]?.string ?? "pending"
        run = json["run_id"]?.string.flatMap(UUID.init(uuidString:))
    }
}
