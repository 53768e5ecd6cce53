import Engine
import Fetch
import Foundation

/// A server over Streamable HTTP: each message is a POST, answered by JSON or by a stream of events; a GET hears what the
/// server tells by itself.
final class HTTPTransport: MCPTransport {
    /// Of a POST that is answered by a stream: the longest silence. A call's own limit is its tool's.
    private static let silence = Duration.seconds(600)

    /// How often an answer that broke off is asked for again without a step further.
    private static let patience = 5

    private struct Session {
        var id: String?
        var version: String?
    }

    /// How far a stream was read, and when it may be taken up again.
    private struct Place {
        var event = ""
        var wait = Duration.seconds(1)
    }

    private let server: MCPServer
    private let client: FetchClient
    private let addresses: AddressPolicy
    /// nil where nobody signs in.
    private let tokens: MCPTokens?
    private let session = Locked(Session())
    /// Ends when both sides have said hello.
    private let agreement = AsyncStream<Void>.makeStream()
    /// What a message of ours has met that means the end.
    private let trouble = AsyncStream<MCPFailure>.makeStream(bufferingPolicy: .bufferingNewest(1))

    init(_ server: MCPServer, client: FetchClient, addresses: AddressPolicy, tokens: MCPTokens?) throws {
        self.server = server
        self.client = client
        self.addresses = addresses
        self.tokens = tokens
        do {
            _ = try WebAddress(server.place)
        } catch {
            throw MCPFailure(.connection, "The address of \(server.name) is wrong: \(error.message).")
        }
    }

    func agreed(on version: String) {
        session.withLock { $0.version = version }
        agreement.continuation.finish()
    }

    func send(_ message: MCPMessage, _ hear: @escaping @Sendable (MCPMessage) -> Void) async throws {
        let body = Array(message.text.utf8)
        let response: FetchResponse
        do {
            response = try await exchange("POST", body: body)
        } catch let failure as MCPFailure {
            if !failure.isRefusal { trouble.continuation.yield(failure) }
            throw failure
        }
        if case .request(_, "initialize", _) = message {
            session.withLock { $0.id = response.headers["mcp-session-id"] }
        }
        guard case .request = message else {
            var place = Place()
            return try await read(response, &place, hear)
        }
        let isAnswered = Locked(false)
        try await readAnswer(response) { heard in
            if heard.isAnswer, heard.id == message.id { isAnswered.withLock { $0 = true } }
            hear(heard)
        } isWhole: {
            isAnswered.withLock { $0 }
        }
    }

    /// An answer that broke off is taken up where it was, where the server numbers its events.
    private func readAnswer(
        _ response: FetchResponse,
        _ hear: (MCPMessage) -> Void,
        isWhole: () -> Bool
    ) async throws {
        var (response, place, left) = (response, Place(), Self.patience)
        while true {
            var failure = MCPFailure(.connection, "The server ended the connection without an answer.")
            let before = place.event
            do { try await read(response, &place, hear) } catch let met as MCPFailure { failure = met }
            if isWhole() { return }
            left = place.event == before ? left - 1 : Self.patience
            guard !place.event.isEmpty, left > 0, failure.kind == .connection else { throw failure }
            try await Task.sleep(for: place.wait)
            do { response = try await exchange("GET", body: nil, after: place.event) } catch let met as MCPFailure {
                throw met.isRefusal ? failure : met
            }
        }
    }

    /// Until a message of ours, or the server's own stream, has met what means the end.
    func listen(_ hear: @escaping @Sendable (MCPMessage) -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.follow(hear) }
            group.addTask { [trouble] in for await failure in trouble.stream { throw failure } }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Servers need not offer a stream of their own. Then there is nothing to be heard, and a broken connection is noticed
    /// by the next message.
    private func follow(_ hear: @escaping @Sendable (MCPMessage) -> Void) async throws {
        // Before the handshake there is no session to listen to.
        for await _ in agreement.stream {}
        var (failures, place) = (0, Place())
        while true {
            do {
                let response = try await exchange("GET", body: nil, after: place.event)
                failures = 0
                try await read(response, &place, hear)
            } catch let failure as MCPFailure where failure.isRefusal {
                try await Task.sleep(for: .seconds(365 * 86_400))
            } catch let failure as MCPFailure where failures < 2 && failure.kind == .connection {
                failures += 1
            }
            try await Task.sleep(for: place.wait)
        }
    }

    /// Tells the server that its session is over; outlives the cancellation of whoever ends it, for a moment.
    func close() async {
        guard session.withLock({ $0.id }) != nil else { return }
        let token = try? await tokens?.token()
        let request = request("DELETE", body: nil, token: token ?? nil)
        await Task { [client] in
            var request = request
            request.totalTimeout = .seconds(2)
            request.connectTimeout = .seconds(1)
            _ = try? await client.send(request)
        }.value
    }

    /// `event`: after which a stream goes on; empty for its beginning.
    private func request(_ method: String, body: [UInt8]?, after event: String = "", token: Secret?) -> FetchRequest {
        let session = session.withLock { $0 }
        var headers = server.secrets.sorted { $0.key < $1.key }.map { ($0.key, $0.value.reveal()) }
        headers.append(("Accept", method == "POST" ? "application/json, text/event-stream" : "text/event-stream"))
        let isSigned = server.secrets.keys.contains { $0.lowercased() == "authorization" }
        if let token, !isSigned { headers.append(("Authorization", "Bearer " + token.reveal())) }
        if body != nil { headers.append(("Content-Type", "application/json")) }
        if let id = session.id { headers.append(("Mcp-Session-Id", id)) }
        if let version = session.version { headers.append(("MCP-Protocol-Version", version)) }
        if !event.isEmpty { headers.append(("Last-Event-ID", event)) }
        return FetchRequest(
            method: method,
            url: server.place,
            headers: headers,
            body: body,
            idleTimeout: method == "GET" ? .seconds(86_400) : Self.silence,
            addresses: addresses
        )
    }

    private func exchange(_ method: String, body: [UInt8]?, after event: String = "") async throws -> FetchResponse {
        do {
            let token = try await tokens?.token()
            var response = try await client.send(request(method, body: body, after: event, token: token))
            if response.status == 401, let token, let fresh = try await tokens?.renewed(token) {
                response.body.discardRest()
                response = try await client.send(request(method, body: body, after: event, token: fresh))
            }
            try await check(response)
            return response
        } catch let error as FetchError {
            throw MCPFailure(.connection, "The server cannot be reached: \(error.message).")
        }
    }

    private func check(_ response: FetchResponse) async throws {
        switch response.status {
        case 200..<300: return
        case 401:
            response.body.discardRest()
            throw MCPFailure(
                .unauthorised(response.headers["www-authenticate"] ?? ""),
                "The server wants to know who asks (status 401)."
            )
        case 404 where session.withLock({ $0.id }) != nil:
            response.body.discardRest()
            throw MCPFailure(.sessionGone, "The server has forgotten the session.")
        case let status:
            let bytes = (try? await response.collect(upTo: 2000)) ?? []
            if let answer = MCPMessage.read(bytes).first, case .error(_, _, let message) = answer {
                throw MCPFailure(.refused(status), "The server answered with status \(status): \(message.prefix(500))")
            }
            throw MCPFailure(.refused(status), "The server answered with status \(status).")
        }
    }

    private func read(_ response: FetchResponse, _ place: inout Place, _ hear: (MCPMessage) -> Void) async throws {
        let type = response.headers["content-type"]?.lowercased() ?? ""
        do {
            if type.hasPrefix("text/event-stream") {
                var parser = ServerSentEventParser(limit: MCPLines.longest)
                for try await chunk in response.body {
                    try parser.feed(chunk) { event in MCPMessage.read(event.data).forEach(hear) }
                    if !parser.lastEventID.isEmpty { place.event = parser.lastEventID }
                    if let retry = parser.retry { place.wait = .milliseconds(min(retry, 30_000)) }
                }
            } else if type.hasPrefix("application/json") {
                MCPMessage.read(try await response.collect(upTo: MCPLines.longest)).forEach(hear)
            } else {
                response.body.discardRest()
            }
        } catch let error as FetchError {
            throw MCPFailure(.connection, "The connection to the server broke off: \(error.message).")
        }
    }
}

extension MCPFailure {
    /// The server is there, and did not take this one message.
    fileprivate var isRefusal: Bool { if case .refused = kind { true } else { false } }
}
