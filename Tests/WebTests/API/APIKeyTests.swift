import Engine
import Foundation
import HTTPTypes
import Storage
import Testing
import Web

/// Keys by which programs ask: in either header, for what they were made for.
@Suite struct APIKeyTests {
    @Test func eitherHeaderTakesAKey() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let made = try await ada.post("/v1/api-keys", #"{"name":"x","scopes":["api"],"expires_in_days":1}"#)
            let key = try #require(made.string("data.key"))
            #expect(try await caller.get("/v1/users/me", headers: [.apiKey: key]).string("data.nickname") == "ada")
            var program = caller
            program.token = key
            #expect(try await program.get("/v1/users/me").status == 200)
            #expect(try await caller.get("/v1/users/me", headers: [.apiKey: key + "x"]).status == 401)
            #expect(try await caller.get("/v1/users/me", headers: [.apiKey: "nonsense"]).status == 401)
            let listed = try await ada.get("/v1/api-keys")
            #expect(listed.string("data.0.last_used_at") != nil && listed.string("data.0.expires_at") != nil)
            #expect(listed.string("data.0.key") == nil, "it is shown once")
        }
    }

    @Test(arguments: [
        ("read", [200, 403, 200, 403, 403]), ("write", [200, 201, 200, 201, 403]), ("api", [200, 201, 200, 201, 403]),
        ("chat", [200, 201, 200, 403, 403]), ("mcp", [403, 403, 403, 403, 403]),
    ])
    func aKeyOpensWhatItWasMadeFor(scope: String, expected: [Int]) async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let made = try await ada.post("/v1/api-keys", #"{"name":"x","scopes":["\#(scope)"]}"#)
            var program = caller
            program.token = made.string("data.key")
            let statuses = [
                try await program.get("/v1/conversations").status, try await program.post("/v1/conversations").status,
                try await program.get("/v1/agents").status,
                try await program.post("/v1/agents", #"{"name":"a","instruction":"x"}"#).status,
                // A person's own business.
                try await program.post("/v1/api-keys", #"{"name":"y"}"#).status,
            ]
            #expect(statuses == expected)
        }
    }

    @Test func onlyAnAdministratorsKeyAdministers() async throws {
        try await RouteWorld.run { world in
            var (member, administrator) = (Caller(client: world.site.client), Caller(client: world.site.client))
            (member.token, administrator.token) = (world.member.token, world.superuser.token)
            let body = #"{"name":"x","scopes":["admin"]}"#
            #expect(try await member.post("/v1/api-keys", body).status == 422)
            let key = try await administrator.post("/v1/api-keys", body).string("data.key")
            let plain = try await administrator.post("/v1/api-keys", #"{"name":"y","scopes":["api"]}"#)
            var program = Caller(client: world.site.client)
            program.token = key
            #expect(try await program.get("/v1/mcp-servers").status == 200)
            program.token = plain.string("data.key")
            #expect(try await program.get("/v1/mcp-servers").status == 403)
            #expect(try await program.get("/v1/users/me").flag("data.is_superuser") == false)
        }
    }
}
