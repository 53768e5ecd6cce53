import Engine
import HTTPTypes
import Testing

@testable import Web

/// What is promised of all calls, held against each of them as it is declared. What is excepted stands here, with its reason.
@Suite struct EndpointPromiseTests {
    /// Those that take no `Idempotency-Key`.
    private static let withoutKey = [
        "POST /v1/login/access-token": "gives new tokens each time",
        "POST /v1/login/refresh-token": "a token is good for one",
        "POST /v1/logout": "whoever is out stays out",
        "POST /v1/ws/tickets": "what would be kept for a repetition opens a socket",
        "POST /mcp": "messages have ids of their own",
    ]

    /// Those that have no `ETag`.
    private static let withoutTag = [
        "GET /v1/events": "a stream goes on",
        "GET /v1/conversations/{id}/events": "a stream goes on",
        "GET /v1/runs/{id}/events": "a stream goes on",
        "GET /v1/ws/chat/{id}": "is answered by a socket",
        "GET /mcp": "is never answered",
    ]

    /// What nobody has in the world of these tests, and where else it is seen to have a tag.
    private static let notThere = [
        "GET /v1/conversations/{id}/workspace/content": "TagTests",
        "GET /v1/admin/backups/{name}/content": "TagTests",
        "GET /v1/agents/{id}/versions/{version}": "below",
        "GET /v1/agents/{id}/tools/{name}": "UseIsNoChangeTests",
        "GET /openai/v1/models/**": "below",
        "GET /v1/runs/{id}/results/{call}": "an object like all others",
        "GET /v1/ws/chat/{id}": "is answered by a socket",
        "GET /mcp": "is never answered",
    ]

    @Test func everyPostIsDoneOnceForAKey() async throws {
        try await RouteWorld.run { world in
            for (endpoint, rule) in try Self.endpoints(world, .post) {
                let takesKey = Self.withoutKey[rule.name] == nil
                let declared = try await Self.operation(endpoint, world)["parameters"]?.array?.contains {
                    $0["name"]?.string == "Idempotency-Key" && $0["in"]?.string == "header"
                }
                #expect(declared == takesKey, "\(rule.name)")
                guard takesKey else { continue }
                // One that is too long is looked at before anything is done.
                let key: HTTPFields = [.idempotencyKey: String(repeating: "x", count: 256)]
                let caller = endpoint.access.isAdministrative ? world.superuser : world.member
                let answer = try await world.answer(rule, to: caller, with: key)
                let message = answer.string("error.message") ?? ""
                #expect(answer.status == 400 && message.contains("Idempotency-Key"), "\(rule.name) \(answer.text)")
                Self.expectLimits(answer, rule)
            }
        }
    }

    @Test func everyReadSaysWhatItIsOf() async throws {
        try await RouteWorld.run { world in
            for (endpoint, rule) in try Self.endpoints(world, .get) {
                let isTagged = Self.withoutTag[rule.name] == nil
                let responses = try await Self.operation(endpoint, world)["responses"]
                #expect((responses?["304"] != nil) == isTagged, "\(rule.name)")
                guard let caller = Self.reader(of: rule, in: world) else {
                    #expect(Self.notThere[rule.name] != nil, "\(rule.name) is read by nobody")
                    continue
                }
                let answer = try await world.answer(rule, to: caller)
                #expect(answer.status == 200, "\(rule.name) \(answer.status)")
                #expect((answer.headers[.eTag] != nil) == isTagged, "\(rule.name)")
                Self.expectLimits(answer, rule)
                guard isTagged else { continue }
                let again = try await world.answer(rule, to: caller, with: [.ifNoneMatch: "*"])
                #expect(again.status == 304 && again.text.isEmpty, "\(rule.name) \(again.status)")
                #expect(again.headers[.eTag] != nil, "\(rule.name)")
                Self.expectLimits(again, rule)
            }
        }
    }

    @Test func whatIsNotInThatWorldSaysItToo() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            try await ada.addModel()
            let body = #"{"name":"scout","instruction":"Look."}"#
            let agent = try #require(try await ada.post("/v1/agents", body).string("data.agent_id"))
            for path in ["/v1/agents/\(agent)/versions/1", "/openai/v1/models/large"] {
                let tag = try #require(try await ada.get(path).headers[.eTag], "\(path)")
                #expect(try await ada.get(path, headers: [.ifNoneMatch: tag]).status == 304, "\(path)")
            }
        }
    }

    /// Whoever asks, and whether or not they are let in.
    @Test func everyAnswerTellsTheLimits() async throws {
        try await RouteWorld.run { world in
            for method in [HTTPRequest.Method.get, .post, .put, .patch, .delete] {
                for (_, rule) in try Self.endpoints(world, method) {
                    Self.expectLimits(try await world.answer(rule, to: .anonymous), rule)
                }
            }
        }
    }

    /// All that are declared and take the method, with the rule by which each is asked.
    private static func endpoints(
        _ world: RouteWorld,
        _ method: HTTPRequest.Method
    ) throws -> [(endpoint: Endpoint, rule: RouteRule)] {
        let rules = Dictionary(uniqueKeysWithValues: RouteMatrix.api.map { ($0.name, $0) })
        let endpoints = APIRoutes(services: world.site.services).endpoints.filter { $0.method == method }
        #expect(endpoints.count > 5)
        return try endpoints.map { endpoint in
            let name = "\(method) \(endpoint.routerPath)"
            return (endpoint, try #require(rules[name], "\(name)"))
        }
    }

    private static func operation(_ endpoint: Endpoint, _ world: RouteWorld) async throws -> JSONValue {
        let paths = try await Contract.of(world.site.client).document["paths"]
        return try #require(paths?[endpoint.path]?[endpoint.method.rawValue.lowercased()], "\(endpoint.path)")
    }

    private static func reader(of rule: RouteRule, in world: RouteWorld) -> RouteCaller? {
        rule.access.member == .fine ? world.member : rule.access.superuser == .fine ? world.superuser : nil
    }

    private static func expectLimits(_ answer: Answer, _ rule: RouteRule) {
        let names: [HTTPField.Name] = [
            .rateLimitPolicy, .rateLimitLimit, .rateLimitRemaining, .rateLimitReset, .xRateLimitLimit,
            .xRateLimitRemaining, .xRateLimitReset,
        ]
        let missing = names.filter { answer.headers[$0] == nil }
        #expect(missing.isEmpty, "\(rule.name) \(answer.status) is without \(missing)")
    }
}
