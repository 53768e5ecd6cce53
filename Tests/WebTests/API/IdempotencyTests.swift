import Engine
import Foundation
import HTTPTypes
import Postgres
import Storage
import Testing
import Web

/// A request that is sent again because nobody heard the answer is done once.
@Suite struct IdempotencyTests {
    private static let agent = #"{"name":"made","instruction":"Be brief."}"#

    @Test func aRepetitionIsAnsweredAlikeAndDoesNothing() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let first = try await ada.post("/v1/agents", Self.agent, headers: [.idempotencyKey: "one"])
            let second = try await ada.post("/v1/agents", Self.agent, headers: [.idempotencyKey: "one"])
            #expect(first.status == 201 && first.headers[.idempotentReplayed] == nil)
            #expect(second.status == 201 && second.text == first.text)
            #expect(second.headers[.idempotentReplayed] == "true")
            #expect(second.headers[.xRequestID] != first.headers[.xRequestID])
            #expect(try await ada.post("/v1/agents", Self.agent, headers: [.idempotencyKey: "two"]).status == 409)
            #expect(try await ada.get("/v1/agents?type=custom").count("data") == 1)
        }
    }

    @Test func aKeyIsOfOneRequestOfOnePersonAtOneRoute() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let key: HTTPFields = [.idempotencyKey: "one"]
            #expect(try await ada.post("/v1/agents", Self.agent, headers: key).status == 201)
            let other = try await ada.post("/v1/agents", #"{"name":"other","instruction":"x"}"#, headers: key)
            #expect(other.status == 409 && other.string("error.details.0.field") == "Idempotency-Key")
            #expect(try await ada.post("/v1/conversations", "{}", headers: key).status == 201)
            let eve = try await caller.newcomer("eve")
            let hers = try await eve.post("/v1/agents", Self.agent, headers: key)
            #expect(hers.status == 201 && hers.headers[.idempotentReplayed] == nil)
        }
    }

    @Test func whatWasRefusedMayBeMendedAndSentAgain() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let key: HTTPFields = [.idempotencyKey: "one"]
            #expect(try await ada.post("/v1/agents", #"{"name":"","instruction":"x"}"#, headers: key).status == 422)
            #expect(try await ada.post("/v1/agents", Self.agent, headers: key).status == 201)
            let long = HTTPFields(dictionaryLiteral: (.idempotencyKey, String(repeating: "x", count: 256)))
            #expect(try await ada.post("/v1/agents", Self.agent, headers: long).status == 400)
        }
    }

    @Test func theFirstOneIsLetFinish() async throws {
        try await TestServer.runSite { site in
            let ada = try await Caller(client: site.client).newcomer("ada")
            let key = IdempotentRequest(route: "POST /v1/agents", key: "one", hash: [])
            let me = try await ada.get("/v1/users/me")
            let principal = Principal.member(
                user: try #require(me.string("data.user_id").flatMap { UUID(uuidString: $0) }),
                organisation: try #require(me.string("data.organization_id").flatMap { UUID(uuidString: $0) }),
                isSuperuser: false
            )
            // As a process leaves it that is at it, or that has died at it.
            guard case .new(let claim) = try await site.store.claim(key, by: principal) else {
                Issue.record("it is new")
                return
            }
            #expect(try await ada.post("/v1/agents", Self.agent, headers: [.idempotencyKey: "one"]).status == 409)
            try await site.store.giveUp(claim, by: principal)
            #expect(try await ada.post("/v1/agents", Self.agent, headers: [.idempotencyKey: "one"]).status == 201)
        }
    }

    @Test func ofManyAtOnceOneIsDone() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        try await ada.post("/v1/conversations", "{}", headers: [.idempotencyKey: "one"]).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.allSatisfy { $0 == 201 || $0 == 409 })
            #expect(try await ada.get("/v1/conversations").count("data") == 1)
        }
    }

    /// The key stands with the run that it began: each way to begin one knows it again, and nothing is said twice.
    @Test(arguments: ["edits", "regenerations", "fork"])
    func whatBeginsARunBeginsItOnce(_ verb: String) async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            try await ada.addModel()
            let conversation = "/v1/conversations/\(try await ada.newConversation())"
            let first = try await ada.post("\(conversation)/messages", #"{"content":"echo one"}"#)
            let messages = try await ada.get("\(conversation)/messages")
            let path =
                switch verb {
                case "edits": "\(conversation)/messages/\(messages.string("data.0.message_id") ?? "")/edits"
                case "regenerations":
                    "\(conversation)/messages/\(messages.string("data.1.message_id") ?? "")/regenerations"
                default: "/v1/runs/\(first.string("data.run_id") ?? "")/fork"
                }
            let body =
                switch verb {
                case "edits": #"{"content":"echo two"}"#
                case "regenerations": "{}"
                default: #"{"step":0,"changes":{"input":"echo two"}}"#
                }
            let key: HTTPFields = [.idempotencyKey: "one"]
            let made = try await ada.post(path, body, headers: key)
            #expect(made.status == 201, "\(made.text)")
            let again = try await ada.post(path, body, headers: key)
            #expect(again.status == 200 && again.string("data.run_id") == made.string("data.run_id"), "\(again.text)")
            let all = try await ada.get("\(conversation)/messages?branch=all").number("pagination.total")
            let other = try await ada.post(path, body, headers: [.idempotencyKey: "two"])
            #expect(other.status == 201 && other.string("data.run_id") != made.string("data.run_id"))
            let more = try await ada.get("\(conversation)/messages?branch=all").number("pagination.total")
            #expect(all ?? 0 > 2 && more ?? 0 > all ?? 0)
        }
    }

    /// It was done all the same, and is not done again.
    @Test func anAnswerThatIsTooLargeIsNotKept() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let key: HTTPFields = [.idempotencyKey: "one"]
            let long = String(repeating: "长", count: 100_000)
            let body = #"{"name":"made","instruction":"\#(long)"}"#
            let first = try await ada.post("/v1/agents", body, headers: key)
            #expect(first.status == 201 && first.text.contains(long) && first.text.utf8.count > 256 * 1024)
            let second = try await ada.post("/v1/agents", body, headers: key)
            #expect(second.status == 409 && second.string("error.details.0.field") == "Idempotency-Key")
            #expect(second.string("error.message")?.contains("too large to keep") == true)
            #expect(try await ada.get("/v1/agents?type=custom").count("data") == 1)
        }
    }

    /// What is shown once stands sealed, and comes again to whoever did not hear it.
    @Test func aKeptSecretIsSealed() async throws {
        try await TestServer.runSite { site in
            let ada = try await Caller(client: site.client).newcomer("ada")
            let headers: HTTPFields = [.idempotencyKey: "one"]
            let made = try await ada.post("/v1/api-keys", #"{"name":"x"}"#, headers: headers)
            let again = try await ada.post("/v1/api-keys", #"{"name":"x"}"#, headers: headers)
            let key = try #require(made.string("data.key"))
            #expect(again.string("data.key") == key)
            let rows = try await site.database.administrator.query(
                "select answer_encrypted as sealed from idempotent_answers"
            )
            let sealed: [String] = try rows.map { try $0.get("sealed") }
            #expect(sealed.count == 1 && !sealed[0].contains(key) && sealed[0].hasPrefix("v1."))
        }
    }
}
