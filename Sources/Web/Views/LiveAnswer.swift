import Engine
import Foundation

/// What a run's log amounts to so far, as a page needs it. Feed it the events in order.
struct LiveAnswer: Sendable {
    private(set) var sequence: Int64 = 0
    private(set) var state = RunState.queued
    private(set) var attempt = 1
    /// Why it is not simply at work: `retry: …`, `fallback: …`, `provider_busy: …` and the like.
    private(set) var reason: String?
    private(set) var text = ""
    /// How often the text began anew.
    private(set) var beginnings = 0
    private(set) var tools: [Tool] = []
    /// Messages that the run took in while it was at work.
    private(set) var heard: [UUID] = []

    struct Tool: Sendable, Equatable {
        var callID: String
        var name: String
        var input: String
        var hasSucceeded: Bool?
        /// What a person has to answer before it goes on.
        var request: Request?
        /// A crash cut it short, and a person takes it as done.
        var isTakenAsDone = false

        var isAsked: Bool { request != nil }
    }

    struct Request: Sendable, Equatable {
        var kind: CallRequest.Kind
        var expiresAt: Date?
    }

    mutating func feed(_ event: RunEvent) {
        sequence = event.sequence
        switch event.kind {
        case .contentStream: feedText(event)
        case .agentStart: begin()
        case .runStatus: feedStatus(event)
        case .toolCall: feedToolCall(event)
        case .toolResult: feedToolResult(event)
        case .approvalRequest: feedRequest(event)
        case .approvalResolved: feedResolution(event)
        case .messageReceived: feedMessage(event)
        default: break
        }
    }

    private mutating func begin() {
        text = ""
        beginnings += 1
    }

    private mutating func feedText(_ event: RunEvent) {
        struct Delta: Decodable { var contentDelta: String? }
        guard let delta = decode(Delta.self, event)?.contentDelta, !delta.isEmpty else { return }
        text += delta
        reason = nil
    }

    private mutating func feedStatus(_ event: RunEvent) {
        struct Status: Decodable {
            var state: String?
            var attempt: Int?
            var reason: String?
        }
        let status = decode(Status.self, event)
        state = status?.state.flatMap(RunState.init) ?? state
        attempt = status?.attempt ?? attempt
        reason = status?.reason
    }

    private mutating func feedToolCall(_ event: RunEvent) {
        struct Call: Decodable {
            var callId: String
            var toolName: String
        }
        guard let call = decode(Call.self, event) else { return }
        tools.append(Tool(callID: call.callId, name: call.toolName, input: input(of: event)))
    }

    private mutating func feedToolResult(_ event: RunEvent) {
        struct Outcome: Decodable {
            var callId: String
            var success: Bool?
            var maybeExecuted: Bool?
        }
        guard let outcome = decode(Outcome.self, event) else { return }
        for index in tools.indices where tools[index].callID == outcome.callId {
            tools[index].hasSucceeded = outcome.success ?? true
            tools[index].isTakenAsDone = outcome.maybeExecuted ?? false
        }
    }

    private mutating func feedRequest(_ event: RunEvent) {
        struct Asked: Decodable {
            var callId: String
            var kind: String?
            var expiresAt: String?
        }
        guard let asked = decode(Asked.self, event) else { return }
        let request = Request(
            kind: asked.kind.flatMap(CallRequest.Kind.init) ?? .approval,
            expiresAt: asked.expiresAt.flatMap {
                try? Date($0, strategy: .iso8601.year().month().day().time(includingFractionalSeconds: true))
            }
        )
        for index in tools.indices where tools[index].callID == asked.callId { tools[index].request = request }
    }

    private mutating func feedResolution(_ event: RunEvent) {
        struct Resolved: Decodable { var callId: String }
        guard let resolved = decode(Resolved.self, event) else { return }
        for index in tools.indices where tools[index].callID == resolved.callId { tools[index].request = nil }
    }

    private mutating func feedMessage(_ event: RunEvent) {
        struct Said: Decodable {
            var userMessageId: UUID
            var steers: Bool?
        }
        if let said = decode(Said.self, event), said.steers == true { heard.append(said.userMessageId) }
    }

    /// The input as one line of JSON.
    private func input(of event: RunEvent) -> String {
        let object = try? JSONSerialization.jsonObject(with: Data(event.data.utf8)) as? [String: Any]
        guard let input = object?["tool_input"] else { return "" }
        if let text = input as? String { return text }
        let data = try? JSONSerialization.data(
            withJSONObject: input,
            options: [.sortedKeys, .fragmentsAllowed, .withoutEscapingSlashes]
        )
        return data.map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    private func decode<Value: Decodable>(_ type: Value.Type, _ event: RunEvent) -> Value? {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try? decoder.decode(type, from: Data(event.data.utf8))
    }
}

extension LiveAnswer {
    /// What the line below the text depends on.
    struct Mood: Equatable {
        let state: RunState
        let attempt: Int
        let reason: String?
        let hasText: Bool
        let isToolAtWork: Bool
    }

    var mood: Mood {
        Mood(
            state: state,
            attempt: attempt,
            reason: reason,
            hasText: !text.isEmpty,
            isToolAtWork: tools.contains { $0.hasSucceeded == nil && !$0.isAsked }
        )
    }

    func line(run: UUID, csrf: String, voice: Voice) -> LiveLine {
        let view = StateView(state, voice: voice)
        let word =
            state == .running
            ? voice.words[
                mood.isToolAtWork ? "state.running" : text.isEmpty ? "state.thinking" : "state.writing"
            ] : view.word
        return LiveLine(
            kind: view.kind,
            sign: view.sign,
            word: word,
            detail: detail(voice),
            control: control(run, csrf, voice)
        )
    }

    private func control(_ run: UUID, _ csrf: String, _ voice: Voice) -> LiveLine.Control? {
        let verb: String? =
            switch state {
            case .queued, .running, .waiting: "pause"
            case .paused: "resume"
            default: nil
            }
        return verb.map { verb in
            LiveLine.Control(
                action: "/runs/\(run.text)/\(verb)",
                csrf: csrf,
                icon: voice.icons(verb == "pause" ? "pause" : "play"),
                word: voice.words["run.\(verb)"]
            )
        }
    }

    private func detail(_ voice: Voice) -> String? {
        if reason?.hasPrefix("retry: ") == true { return voice.words["run.retrying"] }
        for (kind, words) in [("fallback: ", "run.fallback"), ("provider_busy: ", "run.providerBusy")] {
            guard let reason, reason.hasPrefix(kind) else { continue }
            return voice.words(words, ["model": String(reason.dropFirst(kind.count))])
        }
        if reason == "agent_replaced" { return voice.words["run.agentReplaced"] }
        return attempt > 1 ? voice.words("run.attempt", ["n": String(attempt)]) : nil
    }

    func toolLines(voice: Voice) -> [ToolLine] {
        tools.map {
            ToolLine(
                name: $0.name,
                input: $0.input,
                hasSucceeded: $0.hasSucceeded,
                isAsked: $0.isAsked && !state.isFinal,
                isTakenAsDone: $0.isTakenAsDone,
                voice: voice
            )
        }
    }

    /// The calls that wait for the person who reads this.
    func questions(run: UUID, draft: ToolQuestion.Draft? = nil, csrf: String, voice: Voice) -> [ToolQuestion] {
        guard !state.isFinal else { return [] }
        return tools.filter(\.isAsked).map { ToolQuestion($0, run: run, draft: draft, csrf: csrf, voice: voice) }
    }
}
