import HTTPTypes
import HummingbirdTesting
import Postgres
import Testing
import Web

/// Reads that say what they are of, and changes that depend on it; addresses and methods that are not there.
@Suite struct ConditionTests {
    @Test func aReadIsAnsweredOnceAsLongAsNothingChanges() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let path = "/v1/conversations/\(try await ada.newConversation())"
            let first = try await ada.get(path)
            let tag = try #require(first.headers[.eTag])
            #expect(
                try await ada.get(path).headers[.eTag] == tag,
                "what is told when and by which request is no part of it"
            )
            let again = try await ada.get(path, headers: [.ifNoneMatch: "\"x\", \(tag)"])
            #expect(again.status == 304 && again.text.isEmpty && again.headers[.eTag] == tag)
            _ = try await ada.patch(path, #"{"title":"Other"}"#)
            let changed = try await ada.get(path, headers: [.ifNoneMatch: tag])
            #expect(changed.status == 200 && changed.headers[.eTag] != tag)
            let list = try await ada.get("/v1/conversations")
            let known: HTTPFields = [.ifNoneMatch: try #require(list.headers[.eTag])]
            #expect(try await ada.get("/v1/conversations", headers: known).status == 304)
        }
    }

    @Test func aChangeMayDependOnWhatWasSeen() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let path = "/v1/conversations/\(try await ada.newConversation())"
            let tag = try #require(try await ada.get(path).headers[.eTag])
            let mine = try await ada.patch(path, #"{"title":"Mine"}"#, headers: [.ifMatch: tag])
            #expect(mine.status == 200)
            let late = try await ada.patch(path, #"{"title":"Late"}"#, headers: [.ifMatch: tag])
            #expect(late.status == 412 && late.string("error.code") == "PRECONDITION_FAILED")
            #expect(try await ada.get(path).string("data.title") == "Mine")
            #expect(try await ada.patch(path, #"{"title":"Any"}"#, headers: [.ifMatch: "*"]).status == 200)
            #expect(try await ada.call(.delete, path, body: nil, headers: [.ifMatch: tag]).status == 412)
            #expect(try await ada.delete(path).status == 204)
        }
    }

    @Test func ofManyWhoSawTheSameOneGetsTheirWay() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let path = "/v1/conversations/\(try await ada.newConversation())"
            let tag = try #require(try await ada.get(path).headers[.eTag])
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<6 {
                    group.addTask {
                        try await ada.patch(path, #"{"title":"Mine \#(index)"}"#, headers: [.ifMatch: tag]).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [200, 412, 412, 412, 412, 412])
        }
    }

    @Test func anAddressSaysWhichMethodsItTakes() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let wrong = try await caller.client.execute(uri: "/v1/agents", method: .delete) { Answer($0) }
            #expect(wrong.status == 405 && wrong.string("error.code") == "METHOD_NOT_ALLOWED")
            #expect(wrong.headers[.allow] == "HEAD, GET, POST")
            let exact = try await caller.client.execute(uri: "/v1/models/default", method: .get) { Answer($0) }
            #expect(exact.status == 405 && exact.headers[.allow] == "PUT")
            let nothing = try await ada.get("/v1/nonsense")
            #expect(nothing.status == 404 && nothing.string("error.code") == "NOT_FOUND")
            #expect(nothing.string("meta.request_id") != nil)
        }
    }

    @Test func aRequestKeepsItsName() async throws {
        try await TestServer.run { caller in
            let named = try await caller.get("/v1/nonsense", headers: [.xRequestID: "mine-1"])
            #expect(named.headers[.xRequestID] == "mine-1" && named.string("meta.request_id") == "mine-1")
            let odd = try await caller.get("/v1/nonsense", headers: [.xRequestID: "not <sane>"])
            #expect(odd.headers[.xRequestID]?.hasPrefix("req_") == true)
        }
    }

    /// Whatever kind of answer it is.
    @Test func everyAnswerHasTheRequestsName() async throws {
        try await TestServer.runSite(corsOrigins: ["https://tools.example.org"]) { site in
            let ada = try await Caller(client: site.client).newcomer("ada")
            try await ada.addModel()
            let talk = try await ada.newConversation()
            let places: [(HTTPRequest.Method, String, Int)] = [
                (.get, "/v1/events?follow=false", 200), (.get, "/v1/usage?format=csv", 200),
                (.get, "/v1/conversations/\(talk)/workspace/archive", 200), (.get, "/v1/conversations/\(talk)", 200),
                (.get, "/v1/conversations/\(talk)/events?follow=false", 200), (.get, "/openapi.json", 200),
                (.get, "/v1/nonsense", 404), (.delete, "/v1/agents", 405), (.post, "/mcp", 400), (.get, "/mcp", 405),
                (.get, "/openai/v1/models", 200), (.get, "/openai/v1/nonsense", 404), (.get, "/healthz", 200),
                (.get, "/sign-in", 200), (.get, "/nonsense", 404),
            ]
            for (method, path, status) in places {
                let answer = try await ada.call(method, path, body: nil, headers: [.xRequestID: "mine"])
                #expect(answer.status == status && answer.headers[.xRequestID] == "mine", "\(path) \(answer.status)")
            }
            let preflight: HTTPFields = [
                .origin: "https://tools.example.org", .accessControlRequestMethod: "POST", .xRequestID: "mine",
            ]
            let asked = try await ada.call(.options, "/v1/agents", body: nil, headers: preflight)
            #expect(asked.status == 204 && asked.headers[.xRequestID] == "mine")
            // Refused before anybody knows who asks.
            let nobody = Caller(client: site.client, token: "alma_nothing")
            let refused = try await nobody.get("/v1/agents", headers: [.xRequestID: "mine"])
            #expect(refused.status == 401 && refused.headers[.xRequestID] == "mine")
            #expect(refused.string("meta.request_id") == "mine")
        }
    }

    @Test func aChangeOfWhatIsNotReadCannotDependOnIt() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            try await ada.addModel()
            let model = try await ada.get("/v1/models").string("data.0.model_id") ?? ""
            let body = #"{"model_id":"\#(model)"}"#
            let known: HTTPFields = [.ifMatch: "\"x\""]
            let refused = try await ada.call(.put, "/v1/models/default", body: body, headers: known)
            #expect(refused.status == 400 && refused.string("error.code") == "BAD_REQUEST")
            #expect(try await ada.put("/v1/models/default", body).status == 204)
        }
    }

    @Test func modelsBudgetsAndMembersAreChangedAsTheyWereSeen() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            try await ada.addModel()
            let model = try await ada.get("/v1/models").string("data.0.model_id") ?? ""
            let budget = try await ada.post("/v1/budgets", #"{"scope":"user","period":"day","amount":5}"#)
            let team = try await ada.post("/v1/organizations", #"{"name":"Team"}"#).string("data.organization_id") ?? ""
            let me = try await ada.get("/v1/users/me").string("data.user_id") ?? ""
            for (path, change) in [
                ("/v1/models/\(model)", #"{"display_name":"x"}"#),
                ("/v1/budgets/\(budget.string("data.budget_id") ?? "")", #"{"amount":7}"#),
                ("/v1/organizations/\(team)/members/\(me)", #"{"role":"owner"}"#),
            ] {
                let seen = try await ada.get(path)
                let tag = try #require(seen.headers[.eTag], "\(path) \(seen.text)")
                #expect(try await ada.patch(path, change, headers: [.ifMatch: "\"other\""]).status == 412)
                let changed = try await ada.patch(path, change, headers: [.ifMatch: tag])
                #expect([200, 204].contains(changed.status), "\(path) \(changed.text)")
            }
            #expect(
                try await ada.call(.delete, "/v1/models/\(model)", body: nil, headers: [.ifMatch: "\"x\""]).status
                    == 412
            )
            #expect(try await ada.delete("/v1/models/\(model)").status == 204)
            #expect(try await ada.get("/v1/models/\(model)").status == 404)
        }
    }

    /// What is given again takes the place of what its caller has seen, and of nothing else.
    @Test func anEarlierVersionTakesThePlaceOfWhatWasSeen() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            func skill(_ about: String) -> String {
                #"{"skill_md":"---\nname: notes\ndescription: \#(about)\n---\nShort."}"#
            }
            for (list, id, made, change) in [
                (
                    "/v1/agents", "agent_id", #"{"name":"scout","instruction":"Look.","description":"First."}"#,
                    #"{"description":"Second."}"#
                ),
                (
                    "/v1/tools", "tool_id", #"{"name":"mine","description":"First.","definition":{"code":"cat"}}"#,
                    #"{"description":"Second."}"#
                ),
                ("/v1/skills", "skill_id", skill("First."), skill("Second.")),
            ] {
                let path = "\(list)/\(try #require(try await ada.post(list, made).string("data.\(id)")))"
                let way = "\(path)/versions/1/restoration"
                let old = try #require(try await ada.get(path).headers[.eTag])
                #expect(try await ada.patch(path, change).status == 200)
                let late = try await ada.post(way, headers: [.ifMatch: old])
                #expect(late.status == 412 && late.string("error.code") == "PRECONDITION_FAILED", "\(late.text)")
                let kept = try await ada.get(path)
                #expect(kept.string("data.description") == "Second.", "\(kept.text)")
                let tag = try #require(kept.headers[.eTag])
                let restored = try await ada.post(way, headers: [.ifMatch: tag])
                #expect(restored.status == 200 && restored.string("data.description") == "First.", "\(restored.text)")
                #expect(try await ada.post(way, headers: [.ifMatch: "*"]).status == 200)
                // Also when it comes again: what is no list of tags is refused before an answer is looked for.
                var again: HTTPFields = [.idempotencyKey: "again"]
                #expect(try await ada.post(way, headers: again).status == 200)
                #expect(try await ada.post(way, headers: again).headers[.idempotentReplayed] == "true")
                again[.ifMatch] = String(repeating: "0", count: 1001)
                #expect(try await ada.post(way, headers: again).status == 400)
            }
        }
    }

    /// What is used is not changed by it: a save goes through, and a reader is told of the use.
    @Test func toBeUsedIsNoChange() async throws {
        try await TestServer.runSite { site in
            let ada = try await Caller(client: site.client).newcomer("ada")
            let body = #"{"name":"scout","instruction":"Look."}"#
            let path = "/v1/agents/\(try #require(try await ada.post("/v1/agents", body).string("data.agent_id")))"
            let seen = try #require(try await ada.get(path).headers[.eTag])
            // As the end of a run writes it.
            let names = "org_id, agent_id, usage_count, last_used_at"
            let use: Query = "select org_id, agent_id, 1, now() from agents where name = 'scout'"
            try await site.database.administrator.query("insert into agent_statistics (\(unescaped: names)) \(use)")
            let later = try await ada.get(path, headers: [.ifNoneMatch: seen])
            #expect(later.status == 200 && later.number("data.usage_count") == 1 && later.headers[.eTag] != seen)
            let saved = try await ada.patch(path, #"{"description":"Looks."}"#, headers: [.ifMatch: seen])
            #expect(saved.status == 200, "\(saved.text)")
            let late = try await ada.patch(path, #"{"description":"Peers."}"#, headers: [.ifMatch: seen])
            #expect(late.status == 412)
        }
    }

    /// The same thing, however its address is written.
    @Test func anAddressInCapitalsIsTheSamePlace() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let id = try await ada.newConversation()
            let tag = try #require(try await ada.get("/v1/conversations/\(id)").headers[.eTag])
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for name in [id, id.uppercased()] {
                    group.addTask {
                        let path = "/v1/conversations/\(name)"
                        return try await ada.patch(path, #"{"title":"\#(name)"}"#, headers: [.ifMatch: tag]).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [200, 412])
        }
    }

    /// What is the instance's is one thing, whoever of its administrators changes it.
    @Test func ofTwoAdministratorsWhoSawTheSameOneGetsTheirWay() async throws {
        try await TestServer.runSite { site in
            let path = "/v1/instructions"
            var people: [Caller] = []
            for name in ["ada", "bob"] {
                people.append(try await Caller(client: site.client).newcomer(name))
            }
            try await site.database.administrator.query("update users set is_superuser = true")
            let tag = try #require(try await people[0].get(path).headers[.eTag])
            #expect(try await people[1].get(path).headers[.eTag] == tag)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { [people] group in
                for index in 0..<6 {
                    group.addTask {
                        let body = #"{"instance":"Be \#(index)."}"#
                        let known: HTTPFields = [.ifMatch: tag]
                        return try await people[index % 2].call(.put, path, body: body, headers: known).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [200, 412, 412, 412, 412, 412])
        }
    }
}
