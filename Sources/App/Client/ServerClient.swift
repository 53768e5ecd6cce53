import Engine
import Fetch
import Foundation

/// Asks a running server as a person's program, for commands that need no database.
struct ServerClient: Sendable {
    /// The most that an answer may hold.
    private static let limit = 64 * 1024 * 1024
    /// Of the API.
    private static let largestPage = 100

    private let fetch: FetchClient
    let server: String
    private let session: ClientSession?

    /// Without a session for what needs no sign-in.
    init(_ fetch: FetchClient, server: String, session: ClientSession? = nil) {
        (self.fetch, self.server, self.session) = (fetch, server, session)
    }

    /// `data` of the answer.
    func get(
        _ path: String,
        _ query: [(name: String, value: String?)] = []
    ) async throws(CommandFailure) -> JSONValue {
        try await data(ServerCall("GET", path, query))
    }

    /// The first so many of a list that comes in pages.
    func list(
        _ path: String,
        _ query: [(name: String, value: String?)] = [],
        limit: Int
    ) async throws(CommandFailure) -> [JSONValue] {
        var (items, page) = ([JSONValue](), 1)
        // One size for all pages, for the places of the items depend on it.
        let size = min(limit, Self.largestPage)
        while items.count < limit {
            let pages: [(name: String, value: String?)] = [("page", String(page)), ("per_page", String(size))]
            let answer = try await envelope(ServerCall("GET", path, query + pages))
            items += answer["data"]?.array ?? []
            guard answer["pagination"]?["has_next"]?.bool == true else { break }
            page += 1
        }
        return Array(items.prefix(limit))
    }

    func post(
        _ path: String,
        _ body: JSONValue,
        headers: [(name: String, value: String)] = []
    ) async throws(CommandFailure) -> JSONValue {
        try await send("POST", path, body, headers)
    }

    func patch(_ path: String, _ body: JSONValue) async throws(CommandFailure) -> JSONValue {
        try await send("PATCH", path, body)
    }

    func put(_ path: String, _ body: JSONValue) async throws(CommandFailure) -> JSONValue {
        try await send("PUT", path, body)
    }

    func delete(_ path: String) async throws(CommandFailure) { _ = try await envelope(ServerCall("DELETE", path)) }

    /// Tokens for an e-mail address and a password.
    func signIn(email: String, password: Secret) async throws(CommandFailure) -> JSONValue {
        let form = "username=\(ServerCall.encoded(email))&password=\(ServerCall.encoded(password.reveal()))"
        var call = ServerCall("POST", "/v1/login/access-token")
        call.set(Array(form.utf8), type: "application/x-www-form-urlencoded")
        return try await data(call)
    }

    /// An answer that is no JSON.
    func text(_ call: ServerCall) async throws(CommandFailure) -> String {
        String(decoding: try await bytes(call), as: UTF8.self)
    }

    /// `data` of the answer; null where it has none.
    func data(_ call: ServerCall) async throws(CommandFailure) -> JSONValue {
        try await envelope(call)["data"] ?? .null
    }

    /// The answer when its head has come, once it is a good one.
    func open(_ call: ServerCall) async throws(CommandFailure) -> FetchResponse {
        let credential = await session?.credential
        let response = try await respond(call, credential)
        guard response.status == 401, let session else { return try await checked(response) }
        guard let fresh = try await session.credential(insteadOf: credential) else {
            return try await checked(response)
        }
        response.body.discardRest()
        return try await checked(try await respond(call, fresh))
    }

    private func send(
        _ method: String,
        _ path: String,
        _ body: JSONValue,
        _ headers: [(name: String, value: String)] = []
    ) async throws(CommandFailure) -> JSONValue {
        var call = ServerCall(method, path)
        call.set(body)
        call.headers += headers
        return try await data(call)
    }

    private func envelope(_ call: ServerCall) async throws(CommandFailure) -> JSONValue {
        let bytes = try await bytes(call)
        guard !bytes.isEmpty else { return .null }
        guard let answer = try? JSONValue(parsing: String(decoding: bytes, as: UTF8.self)), answer["data"] != nil else {
            throw CommandFailure.notALMA(server)
        }
        return answer
    }

    private func bytes(_ call: ServerCall) async throws(CommandFailure) -> [UInt8] {
        try await collected(try await open(call))
    }

    private func respond(_ call: ServerCall, _ credential: String?) async throws(CommandFailure) -> FetchResponse {
        var request = FetchRequest(method: call.method, url: server + call.address, headers: call.headers)
        request.body = call.body
        request.idleTimeout = call.idleTimeout
        request.totalTimeout = call.totalTimeout
        if let credential { request.headers.append(("Authorization", "Bearer \(credential)")) }
        do {
            return try await fetch.send(request)
        } catch {
            throw failure(error)
        }
    }

    private func checked(_ response: FetchResponse) async throws(CommandFailure) -> FetchResponse {
        guard !(200..<300).contains(response.status) else { return response }
        let text = String(decoding: try await collected(response), as: UTF8.self)
        let answer = try? JSONValue(parsing: text)
        let retryAfter = response.headers["retry-after"].flatMap { Int($0) }
        throw CommandFailure(status: response.status, answer?["error"], retryAfter: retryAfter)
    }

    private func collected(_ response: FetchResponse) async throws(CommandFailure) -> [UInt8] {
        do {
            return try await response.collect(upTo: Self.limit)
        } catch {
            throw failure(error)
        }
    }

    private func failure(_ error: any Error) -> CommandFailure {
        let why = (error as? FetchError).map { ": \($0.message)" } ?? ""
        return CommandFailure(.unreachable, "\(server) does not answer\(why). Is the address right, and the server up?")
    }
}
