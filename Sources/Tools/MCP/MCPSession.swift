import Engine
import Foundation

/// A conversation with a server over a transport: requests with their answers, progress and cancellation, and what the
/// server tells by itself.
final class MCPSession: Sendable {
    /// What a server tells by itself, as far as it matters here.
    enum Event: Sendable, Equatable {
        case toolsChanged, resourcesChanged, promptsChanged
        /// It asks something of us; the answer is to be sent.
        case reply(MCPMessage)
    }

    private struct State {
        var lastID = 0
        /// Requests under way, with those who want to hear of their progress.
        var open: [Int: (@Sendable (MCPProgress) -> Void)?] = [:]
        var end: MCPFailure?
    }

    /// What comes unasked. It ends with the session.
    let events: AsyncStream<Event>

    /// Of resources that were read.
    let watch = Locked(MCPWatch())
    /// Whether the server tells of changes of resources to whoever asks for it.
    let canSubscribe = Locked(false)

    private let transport: any MCPTransport
    private let state = Locked(State())
    private let answers = MCPPending<JSONValue>()
    private let tellers: AsyncStream<Event>.Continuation

    init(_ transport: any MCPTransport) {
        self.transport = transport
        // Of a flood of changes the newest tell enough.
        (events, tellers) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(64))
    }

    /// The result of a request. A task that is cancelled tells the server so. Throws `MCPFailure`, or `CancellationError`.
    func request(
        _ method: String,
        _ parameters: [String: JSONValue] = [:],
        within limit: Duration? = nil,
        progress: (@Sendable (MCPProgress) -> Void)? = nil
    ) async throws -> JSONValue {
        let id = try begin(progress)
        defer { finish(id) }
        let message = MCPMessage.request(
            id: .number(Decimal(id)),
            method: method,
            parameters: .object(progress == nil ? parameters : parameters.withToken(id))
        )
        do {
            return try await exchange(message, id, within: limit)
        } catch {
            let isGivenUp = error is CancellationError || error as? MCPFailure == Self.tooLate(method)
            if isGivenUp, method != "initialize" { giveUp(id) }
            throw error
        }
    }

    func notify(_ method: String, _ parameters: JSONValue? = nil) async throws {
        try await transport.send(.notification(method: method, parameters: parameters)) { [weak self] in self?.hear($0)
        }
    }

    /// Answers a question of the server's.
    func send(_ message: MCPMessage) async throws {
        try await transport.send(message) { [weak self] in self?.hear($0) }
    }

    /// Takes what the transport has heard, in its order.
    func hear(_ message: MCPMessage) {
        switch message {
        case .result(let id, let result): settle(id, .success(result))
        case .error(let id, let code, let message):
            settle(id, .failure(MCPFailure(.refused(code), String(message.prefix(2000)))))
        case .notification(let method, let parameters): hear(method, parameters)
        case .request(let id, let method, _):
            tellers.yield(
                .reply(
                    method == "ping"
                        ? .result(id: id, .object([:]))
                        : .error(id: id, code: -32_601, message: "This client has no \(method.prefix(100)).")
                )
            )
        }
    }

    /// Whoever waits is told why it is over.
    func end(_ failure: MCPFailure) {
        let open = state.withLock { state in
            if state.end == nil { state.end = failure }
            return state.open.keys.sorted()
        }
        for id in open { answers.settle(id, .failure(failure)) }
        tellers.finish()
    }

    private func begin(_ progress: (@Sendable (MCPProgress) -> Void)?) throws -> Int {
        try state.withLock { state in
            if let end = state.end { throw end }
            state.lastID += 1
            state.open[state.lastID] = .some(progress)
            return state.lastID
        }
    }

    private func finish(_ id: Int) {
        state.withLock { $0.open[id] = nil }
        answers.forget(id)
    }

    private func exchange(_ message: MCPMessage, _ id: Int, within limit: Duration?) async throws -> JSONValue {
        try await withThrowingTaskGroup(of: JSONValue?.self) { group in
            group.addTask { [transport] in
                try await transport.send(message) { [weak self] in self?.hear($0) }
                return nil
            }
            group.addTask { [answers] in try await answers.value(id) }
            if let limit {
                group.addTask {
                    try await Task.sleep(for: limit)
                    guard case .request(_, let method, _) = message else { return nil }
                    throw Self.tooLate(method)
                }
            }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw CancellationError()
        }
    }

    private func settle(_ id: JSONValue, _ result: Result<JSONValue, any Error>) {
        guard let id = id.int, state.withLock({ $0.open.keys.contains(id) }) else { return }
        answers.settle(id, result)
    }

    private func hear(_ method: String, _ parameters: JSONValue?) {
        switch method {
        case "notifications/tools/list_changed": tellers.yield(.toolsChanged)
        case "notifications/resources/list_changed": tellers.yield(.resourcesChanged)
        case "notifications/prompts/list_changed": tellers.yield(.promptsChanged)
        case "notifications/resources/updated":
            if let address = parameters?["uri"]?.string { watch.withLock { $0.changed(address) } }
        case "notifications/progress":
            guard let id = parameters?["progressToken"]?.int, let progress = MCPProgress(parameters) else { return }
            let listener = state.withLock { $0.open[id] ?? nil }
            listener?(progress)
        default: break
        }
    }

    /// It outlives the task that was cancelled on purpose: the server is to hear of it.
    private func giveUp(_ id: Int) {
        let note = MCPMessage.notification(
            method: "notifications/cancelled",
            parameters: .object(["requestId": .number(Decimal(id)), "reason": .string("it is no longer wanted")])
        )
        Task { [transport] in try? await transport.send(note) { _ in } }
    }

    private static func tooLate(_ method: String) -> MCPFailure {
        MCPFailure(.connection, "The server did not answer \(method) in time.")
    }
}

extension [String: JSONValue] {
    /// Asks to be told of progress under the request's own number.
    fileprivate func withToken(_ id: Int) -> [String: JSONValue] {
        merging(["_meta": .object(["progressToken": .number(Decimal(id))])]) { _, new in new }
    }
}

extension MCPProgress {
    fileprivate init?(_ parameters: JSONValue?) {
        guard let done = parameters?["progress"]?.decimal else { return nil }
        func number(_ value: Decimal) -> Double { NSDecimalNumber(decimal: value).doubleValue }
        self.init(
            done: number(done),
            total: parameters?["total"]?.decimal.map(number),
            message: parameters?["message"]?.string.map { String($0.prefix(500)) }
        )
    }
}
