import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import NIOEmbedded
import NIOPosix
import Testing

@testable import Web

/// What is answered where the line is too slow, where something fails that nobody foresaw, and where the database is away.
@Suite(.timeLimit(.minutes(10))) struct FailureTests {
    // MARK: - 408

    @Test func aBodyIsNotWaitedForLongerThanItMayTake() async throws {
        #expect(BodyTime.most == .seconds(30))
        try await TestServer.runSite { site in
            let ada = try await Caller(client: site.client).newcomer("ada")
            let talk = "/v1/conversations/\(try await ada.newConversation())"
            let key: HTTPFields = [.idempotencyKey: "slow"]
            let form: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
            try await slowly(site) { client in
                let program = Caller(client: client, token: ada.token)
                let late = [
                    try await program.post("/v1/conversations"),
                    try await program.post("/v1/conversations", headers: key),
                    try await program.patch(talk, "{}", headers: [.ifMatch: "*"]),
                    try await program.post("/v1/login/access-token", "", headers: form),
                    try await program.post("/mcp"),
                ]
                #expect(late.map(\.status) == [408, 408, 408, 408, 408])
                #expect(late.allSatisfy { $0.string("error.code") == "REQUEST_TIMEOUT" && $0.flag("success") == false })
                #expect(late.allSatisfy { $0.headers[.rateLimitLimit] != nil })
                let other = try await program.post(OpenAITests.chat)
                #expect(other.status == 408 && other.string("error.type") == "invalid_request_error")
                let page = try await client.execute(uri: "/sign-in", method: .post, headers: form) { Answer($0) }
                #expect(page.status == 408 && page.headers[.contentType]?.hasPrefix("text/html") == true)
                #expect(page.text.contains(try Fixtures.voice().words["error.badRequest"]))
            }
            #expect(try await ada.post("/v1/conversations", headers: key).status == 201, "it was not done")
        }
    }

    /// By the loop of a real connection, where what is quick is answered and where it is left.
    @Test func noConnectionWaitsLonger() async throws {
        try await BodyTime.$most.withValue(.milliseconds(50)) {
            try await TestServer.runSite(setup: .live) { site in
                let port = try #require(site.client.port)
                let token = try await patientToken(site)
                let types = [
                    "/openai/v1/chat/completions": "application/json",
                    "/v1/login/access-token": "application/x-www-form-urlencoded",
                ]
                for (path, type) in types {
                    let head = [
                        "POST \(path) HTTP/1.1", "Host: localhost", "Authorization: Bearer \(token)",
                        "Content-Type: \(type)", "Content-Length: 9", "", "{",
                    ]
                    let answer = try await Self.sent(head.joined(separator: "\r\n"), to: port)
                    #expect(answer.hasPrefix("HTTP/1.1 408"), "\(path): \(answer.prefix(200))")
                }
            }
        }
    }

    /// Of somebody who comes by a way on which nothing is hurried.
    private func patientToken(_ site: TestSite) async throws -> String {
        let router = try server(site).router()
        return try await Application(responder: router.buildResponder()).test(.router) { client in
            try await BodyTime.$most.withValue(.seconds(30)) {
                try #require(try await Caller(client: client).newcomer("ada").token)
            }
        }
    }

    /// What comes first in answer to it.
    private static func sent(_ text: String, to port: Int) async throws -> String {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: text))
            for try await buffer in inbound { return String(buffer: buffer) }
            return ""
        }
    }

    /// Whoever has hung up before anybody looked is not worked for.
    @Test func whoHasGoneIsNotWorkedFor() async throws {
        let presence = ClientPresence()
        let channel = EmbeddedChannel(handler: presence.handler)
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        await #expect(throws: CancellationError.self) {
            try await presence.working(for: channel) { try await Task.sleep(for: .seconds(60)) }
        }
    }

    /// A server to which no body comes whole.
    private func slowly(
        _ site: TestSite,
        _ body: @escaping @Sendable (any TestClientProtocol) async throws -> Void
    ) async throws {
        let router = try server(site).router()
        try await Application(responder: Unending(inner: router.buildResponder())).test(.router) { client in
            try await BodyTime.$most.withValue(.milliseconds(10)) { try await body(client) }
        }
    }

    /// Sends the first byte of a body, and then nothing more.
    private struct Unending<Inner: HTTPResponder>: HTTPResponder where Inner.Context: Sendable {
        let inner: Inner

        func respond(to request: Request, context: Inner.Context) async throws -> Response {
            let (body, source) = AsyncStream.makeStream(of: ByteBuffer.self)
            source.yield(ByteBuffer(string: "{"))
            var request = request
            request.body = RequestBody(asyncSequence: body)
            let response = try await inner.respond(to: request, context: context)
            source.finish()
            return response
        }
    }

    // MARK: - 500

    private struct Unforeseen: Error { let detail = "the-key-to-the-cellar" }

    /// To whoever asks it is said that it failed and under which name the log has more; what it was, the log alone knows.
    @Test func whatNobodyForesawStaysInTheLog() async throws {
        try await TestServer.runSite { site in
            let router = try server(site).router()
            for path in ["/v1/unforeseen", "/openai/v1/unforeseen", "/unforeseen"] {
                router.get(RouterPath(path)) { _, _ -> Response in throw Unforeseen() }
            }
            let log = HeardLog()
            let application = Application(
                responder: router.buildResponder(),
                logger: Logger(label: "test") { _ in log }
            )
            try await application.test(.router) { client in
                let caller = Caller(client: client)
                let named: HTTPFields = [.xRequestID: "mine-7"]
                let call = try await caller.get("/v1/unforeseen", headers: named)
                #expect(call.status == 500 && call.string("error.code") == "INTERNAL_ERROR")
                #expect(call.flag("success") == false && call.string("meta.request_id") == "mine-7")
                #expect(call.keys("error") == ["code", "message", "details"] && call.count("error.details") == 0)
                #expect(call.headers[.rateLimitLimit] != nil && call.headers[.retryAfter] == nil)
                let model = try await caller.get("/openai/v1/unforeseen", headers: named)
                #expect(model.status == 500 && model.string("error.type") == "server_error")
                #expect(model.keys("error") == ["message", "type", "param", "code"])
                let page = try await caller.get("/unforeseen", headers: named)
                #expect(page.status == 500 && page.headers[.contentType]?.hasPrefix("text/html") == true)
                #expect(page.text.contains(try Fixtures.voice().words["error.internal"]))
                for answer in [call, model, page] {
                    #expect(answer.text.contains("mine-7") && answer.headers[.xRequestID] == "mine-7")
                    #expect(!answer.text.contains("cellar") && !answer.text.contains("Unforeseen"), "\(answer.text)")
                }
            }
            let told = log.lines.filter { $0.contains("the-key-to-the-cellar") }
            #expect(told.count == 3 && told.allSatisfy { $0.contains("mine-7") }, "\(log.lines)")
        }
    }

    // MARK: - 503

    @Test func withoutItsDatabaseTheServerSaysSo() async throws {
        try await TestServer.runSite { site in
            let nobody = Caller(client: site.client)
            let ada = try await nobody.newcomer("ada")
            let visitor = Visitor(nobody)
            try await visitor.register("eve")
            try await site.database.away {
                let form = #"{"email":"bob@example.com","password":"correct horse 9"}"#
                let calls = [
                    try await ada.get("/v1/users/me"), try await ada.post("/v1/conversations"),
                    try await nobody.post("/v1/register", form),
                ]
                #expect(calls.map(\.status) == [503, 503, 503])
                #expect(calls.allSatisfy { $0.string("error.code") == "SERVICE_UNAVAILABLE" })
                #expect(calls.allSatisfy { $0.headers[.retryAfter] == "2" && $0.headers[.rateLimitLimit] == "1200" })
                let model = try await ada.get("/openai/v1/models")
                #expect(model.status == 503 && model.string("error.type") == "server_error")
                let page = try await visitor.look("/conversations")
                #expect(page.status == 503 && page.headers[.contentType]?.hasPrefix("text/html") == true)
                #expect(page.text.contains(try Fixtures.voice().words["error.unavailable"]))
                let health = try await nobody.get("/healthz")
                #expect(health.status == 503 && health.string("status") == "database_unavailable")
            }
            try await eventually("it goes on") {
                let statuses = [
                    try await nobody.get("/healthz").status, try await ada.get("/v1/users/me").status,
                    try await visitor.look("/conversations").status,
                ]
                return statuses == [200, 200, 200]
            }
        }
    }

    // MARK: -

    private func server(_ site: TestSite) throws -> WebServer {
        WebServer(services: site.services, files: try Fixtures.pageFiles())
    }
}
