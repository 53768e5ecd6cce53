import HTTPTypes
import HummingbirdTesting
import Testing

@testable import Web

@Suite struct RateLimitTests {
    @Test func aBucketEmptiesAndFills() {
        let start = ContinuousClock.now
        var bucket = TokenBucket(limit: 6, at: start)
        let verdicts = (0..<6).map { _ in bucket.take(at: start) }
        #expect(verdicts.allSatisfy(\.isAllowed) && verdicts.map(\.remaining) == [5, 4, 3, 2, 1, 0])
        #expect(verdicts.last?.reset == 60)
        let refused = bucket.take(at: start)
        #expect(!refused.isAllowed && refused.wait == 10, "six a minute are one in ten seconds")
        #expect(bucket.take(at: start + .seconds(9)).wait == 1)
        #expect(bucket.take(at: start + .seconds(10)).isAllowed)
        #expect(!bucket.isFull(at: start + .seconds(60)) && bucket.isFull(at: start + .seconds(71)))
        #expect(bucket.take(at: start + .seconds(1000)).remaining == 5, "no more than all")
    }

    @Test func aPersonsRequestsAreCountedAndRefused() async throws {
        try await TestServer.runSite(rateLimits: RateLimits(perUser: 3, perKey: 2, perAddress: 100)) { site in
            let caller = Caller(client: site.client)
            let ada = try await caller.newcomer("ada")
            let key = try await ada.post("/v1/api-keys", #"{"name":"x","scopes":["api"]}"#).string("data.key")
            let second = try await ada.get("/v1/users/me")
            #expect(second.headers[.rateLimitLimit] == "3" && second.headers[.rateLimitRemaining] == "1")
            #expect(
                second.headers[.xRateLimitRemaining] == "1"
                    && second.headers[.rateLimitReset].flatMap(Int.init) ?? 0 > 20
            )
            #expect(try await ada.get("/v1/nonsense").headers[.rateLimitRemaining] == "0", "errors count as well")
            let refused = try await ada.get("/v1/users/me")
            #expect(refused.status == 429 && refused.string("error.code") == "RATE_LIMITED")
            #expect(
                (1...20).contains(refused.headers[.retryAfter].flatMap(Int.init) ?? 0)
                    && refused.headers[.xRequestID] != nil
            )
            let eve = try await caller.newcomer("eve")
            #expect(try await eve.get("/v1/users/me").status == 200, "to each their own")
            var program = caller
            program.token = key
            #expect(try await program.get("/v1/users/me").status == 429, "a key spends what its person has")
        }
    }

    @Test func aKeyHasALimitOfItsOwn() async throws {
        try await TestServer.runSite(rateLimits: RateLimits(perUser: 100, perKey: 1)) { site in
            let ada = try await Caller(client: site.client).newcomer("ada")
            var program = ada
            program.token = try await ada.post("/v1/api-keys", #"{"name":"x","scopes":["api"]}"#).string("data.key")
            #expect(try await program.get("/v1/users/me").status == 200)
            #expect(try await program.get("/v1/users/me").status == 429)
            #expect(try await ada.get("/v1/users/me").status == 200)
        }
    }

    @Test func signingInIsCountedMoreStrictly() async throws {
        try await TestServer.runSite(rateLimits: RateLimits(signIn: 2)) { site in
            let caller = Caller(client: site.client)
            _ = try await caller.newcomer("ada")
            let refused = try await caller.signIn("ada@example.com", "correct+horse+9")
            #expect(refused.status == 429 && (1...30).contains(refused.headers[.retryAfter].flatMap(Int.init) ?? 0))
            #expect(refused.headers[.rateLimitLimit] == "2", "of the count that is spent")
            #expect(refused.headers[.rateLimitRemaining] == "0" && refused.headers[.xRateLimitRemaining] == "0")
            let other = try await caller.get("/v1/agents")
            #expect(other.status == 401 && other.headers[.rateLimitLimit] == "1200")
            let visitor = Visitor(caller)
            try await visitor.get("/sign-in")
            let form = [("email", "ada@example.com"), ("password", "correct horse 9")]
            #expect(try await visitor.submit("/sign-in", form).status == 429, "by whatever door")
        }
    }

    @Test func whoeverIsNotKnownIsCountedByAddress() async throws {
        try await TestServer.runSite(rateLimits: RateLimits(perAddress: 1)) { site in
            let caller = Caller(client: site.client)
            let statuses = [
                try await caller.get("/v1/agents").status, try await caller.get("/v1/agents").status,
                try await caller.get("/healthz").status,
            ]
            #expect(statuses == [401, 429, 200])
        }
    }

    /// To find out costs as much as to answer.
    @Test func whoeverIsNotLetInIsCountedByAddress() async throws {
        try await TestServer.runSite(rateLimits: RateLimits(perAddress: 9)) { site in
            let caller = Caller(client: site.client)
            let ada = try await caller.newcomer("ada")
            var program = caller
            program.token = try await ada.post("/v1/api-keys", #"{"name":"x","scopes":["mcp"]}"#).string("data.key")
            let foreign: HTTPFields = [.organisation: "0197b1a0-0000-7000-8000-000000000000"]
            let refused = [
                try await ada.get("/v1/agents", headers: foreign), try await program.get("/v1/agents"),
                try await ada.get("/v1//agents"),
            ]
            #expect(refused.map(\.status) == [403, 403, 404])
            #expect(refused.map { $0.headers[.rateLimitLimit] } == ["9", "9", "9"])
            #expect(try await ada.get("/v1/agents").headers[.rateLimitLimit] == "6000", "what they may is theirs")
            var last = refused[0]
            for _ in 0..<100 where last.status != 429 { last = try await ada.get("/v1/agents", headers: foreign) }
            #expect(last.status == 429 && last.headers[.rateLimitRemaining] == "0")
            #expect(try await ada.get("/v1/agents").status == 200)
        }
    }

    @Test func aStrangeNameIsCountedToo() async throws {
        let limits = RateLimits(perAddress: 2)
        try await TestServer.runSite(allowedHosts: ["alma.example.org"], rateLimits: limits) { site in
            var answers: [Answer] = []
            for path in ["/v1/agents", "/v1/agents", "/v1/agents", "/sign-in"] {
                answers.append(try await site.client.execute(uri: path, method: .get) { Answer($0) })
            }
            #expect(answers.map(\.status) == [400, 400, 429, 400])
            #expect(answers.map { $0.headers[.rateLimitLimit] } == ["2", "2", "2", nil])
        }
    }

    /// What a browser asks by itself, no person and no program reads.
    @Test func aBrowsersOwnQuestionIsNotCounted() async throws {
        let origin = "https://tools.example.org"
        try await TestServer.runSite(corsOrigins: [origin], rateLimits: RateLimits(perAddress: 1)) { site in
            let headers: HTTPFields = [.origin: origin, .accessControlRequestMethod: "POST"]
            for _ in 0..<3 {
                let asked = try await site.client.execute(uri: "/v1/agents", method: .options, headers: headers) {
                    Answer($0)
                }
                #expect(asked.status == 204 && asked.headers[.rateLimitLimit] == nil)
            }
            let answer = try await Caller(client: site.client).get("/v1/agents", headers: [.origin: origin])
            #expect(answer.status == 401 && answer.headers[.rateLimitRemaining] == "0")
        }
    }

    @Test func zeroIsNoLimit() async throws {
        let limits = RateLimits(perUser: 0, perKey: 0, perAddress: 0, signIn: 0)
        try await TestServer.runSite(rateLimits: limits) { site in
            let answer = try await Caller(client: site.client).get("/v1/agents")
            #expect(answer.status == 401 && answer.headers[.rateLimitLimit] == nil)
            let refused = try await Caller(client: site.client).get("/v1//agents")
            #expect(refused.status == 404 && refused.headers[.rateLimitLimit] == nil)
        }
    }
}
