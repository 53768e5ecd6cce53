import Engine
import Foundation
import HTTPTypes
import Postgres
import Storage
import Testing
import Web

/// Whoever is not signed in may send a request again, too; its answer is for those who know all of it.
@Suite struct StrangerIdempotencyTests {
    private static let ada = #"{"email":"ada@example.com","password":"correct horse 9"}"#
    private static let key: HTTPFields = [.idempotencyKey: "one"]

    @Test func aRegistrationThatIsSentAgainIsAnsweredAlike() async throws {
        try await TestServer.run { caller in
            let first = try await caller.post("/v1/register", Self.ada, headers: Self.key)
            let second = try await caller.post("/v1/register", Self.ada, headers: Self.key)
            #expect(first.status == 201 && first.headers[.idempotentReplayed] == nil, "\(first.text)")
            #expect(second.status == 201 && second.text == first.text, "\(second.text)")
            #expect(second.headers[.idempotentReplayed] == "true")
            let other = try await caller.post("/v1/register", Self.ada, headers: [.idempotencyKey: "two"])
            #expect(other.status == 409 && other.string("error.details.0.field") == "email")
            var signedIn = caller
            let tokens = try await caller.signIn("ada@example.com", "correct+horse+9")
            signedIn.token = try #require(tokens.string("data.access_token"))
            let third = try await signedIn.post("/v1/register", Self.ada, headers: Self.key)
            #expect(third.text == first.text, "who asks makes no difference")
        }
    }

    /// Also one that differs in nothing but the password: who does not know it learns nothing of the account.
    @Test func theSameKeyWithAnotherBodyIsAnotherRequest() async throws {
        try await TestServer.run { caller in
            #expect(try await caller.post("/v1/register", Self.ada, headers: Self.key).status == 201)
            let bob = #"{"email":"bob@example.com","password":"correct horse 9"}"#
            let second = try await caller.post("/v1/register", bob, headers: Self.key)
            #expect(second.status == 201 && second.string("data.email") == "bob@example.com")
            #expect(second.headers[.idempotentReplayed] == nil)
            for guess in [Self.ada.replacing("9", with: "8"), Self.ada + " "] {
                let answer = try await caller.post("/v1/register", guess, headers: Self.key)
                #expect(answer.status == 409 && answer.string("error.details.0.field") == "email")
                #expect(answer["data"] == nil && answer.headers[.idempotentReplayed] == nil)
            }
            // A type of which elsewhere the length alone counts.
            let type: HTTPFields = [.idempotencyKey: "one", .contentType: "multipart/form-data"]
            let disguised = try await caller.post("/v1/register", Self.ada.replacing("9", with: "8"), headers: type)
            #expect(disguised.status == 415)
        }
    }

    @Test func whatWasRefusedMayComeAgain() async throws {
        try await TestServer.runSite { site in
            let caller = Caller(client: site.client)
            try await site.store.setRegistrationMode(.closed, by: .system)
            #expect(try await caller.post("/v1/register", Self.ada, headers: Self.key).status == 403)
            try await site.store.setRegistrationMode(.open, by: .system)
            #expect(try await caller.post("/v1/register", Self.ada, headers: Self.key).status == 201)
            let long = HTTPFields(dictionaryLiteral: (.idempotencyKey, String(repeating: "x", count: 256)))
            #expect(try await caller.post("/v1/register", Self.ada, headers: long).status == 400)
        }
    }

    @Test func ofManyAtOnceOneIsDone() async throws {
        try await TestServer.run { caller in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<6 {
                    group.addTask { try await caller.post("/v1/register", Self.ada, headers: Self.key).status }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.allSatisfy { $0 == 201 || $0 == 409 } && statuses.contains(201))
            #expect(try await caller.post("/v1/register", Self.ada, headers: Self.key).status == 201)
        }
    }

    @Test func nothingOfItStandsInTheDatabase() async throws {
        try await TestServer.runSite { site in
            let caller = Caller(client: site.client)
            let key: HTTPFields = [.idempotencyKey: "a-key-of-mine"]
            #expect(try await caller.post("/v1/register", Self.ada, headers: key).status == 201)
            let rows = try await site.database.administrator.query(
                "select a::text, answer_encrypted, user_id is null from idempotent_answers a"
            )
            #expect(rows.count == 1)
            let row = try #require(rows.first)
            let text: String = try row.get(0)
            #expect(!text.contains("a-key-of-mine") && !text.contains("ada@example.com") && !text.contains("horse"))
            #expect(try row.get(1, as: String.self).hasPrefix("v1."))
            #expect(try row.get(2, as: Bool.self))
        }
    }

    /// A link is good once: whoever did not hear the answer has no other way to learn that it was.
    @Test func aPasswordIsChosenByALinkOnce() async throws {
        try await TestServer.runSite { site in
            let caller = Caller(client: site.client)
            let root = try await site.administrator()
            let ada = try await caller.newcomer("ada").get("/v1/users/me").string("data.user_id") ?? ""
            let link = try await root.post("/v1/users/\(ada)/password-links")
            let token = try #require(link.string("data.url")?.split(separator: "=").last)
            let body = #"{"token":"\#(token)","new_password":"another horse 10"}"#
            #expect(try await caller.post("/v1/password/reset", body, headers: Self.key).status == 204)
            let again = try await caller.post("/v1/password/reset", body, headers: Self.key)
            #expect(again.status == 204 && again.headers[.idempotentReplayed] == "true")
            #expect(try await caller.post("/v1/password/reset", body).status != 204)
            #expect(try await caller.signIn("ada@example.com", "another+horse+10").status == 200)
        }
    }

    /// Tokens are kept for nobody: whoever signs in again gets others.
    @Test func tokensAreNotKept() async throws {
        try await TestServer.runSite { site in
            let caller = Caller(client: site.client)
            _ = try await caller.newcomer("ada")
            func signIn() async throws -> String? {
                try await caller.call(
                    .post,
                    "/v1/login/access-token",
                    body: "username=ada@example.com&password=correct+horse+9",
                    headers: [.contentType: "application/x-www-form-urlencoded", .idempotencyKey: "one"]
                ).string("data.refresh_token")
            }
            let (first, second) = (try await signIn(), try await signIn())
            #expect(first != nil && second != nil && first != second)
            #expect(try await site.database.administrator.query("select from idempotent_answers").isEmpty)
        }
    }

    @Test func theReferenceSaysWhichTakeAKey() async throws {
        try await TestServer.runSite { site in
            let document = try await Contract.of(site.client).document
            func takesKey(_ path: String) -> Bool {
                let parameters = document["paths"]?[path]?["post"]?["parameters"]?.array ?? []
                return parameters.contains { $0["name"]?.string == "Idempotency-Key" }
            }
            let once = [
                "/v1/register", "/v1/password/forgot", "/v1/password/reset", "/v1/email-verification",
                "/v1/email-verification/confirmation",
            ]
            #expect(once.filter { !takesKey($0) } == [])
            let always = ["/v1/login/access-token", "/v1/login/refresh-token", "/v1/logout"]
            #expect(always.filter(takesKey) == [])
        }
    }
}
