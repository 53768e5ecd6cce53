import Foundation
import HTTPTypes
import Postgres
import Testing

@Suite struct BudgetTests {
    private let own = #"{"scope":"user","period":"month","amount":2.5,"warn_at":80}"#

    @Test func aBudgetIsSetChangedAndDeleted() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let made = try await ada.post("/v1/budgets", own)
            #expect(made.status == 201)
            #expect(
                made.text.contains(#""amount":2.5,"currency":"USD","warn_at":80,"ask_at":null,"stop_at":100,"spent":0"#)
            )
            #expect(made.flag("data.is_personal") == true && made.flag("data.may_change") == true)
            let id = try #require(made.string("data.budget_id"))
            let again = try await ada.post("/v1/budgets", own)
            #expect(again.status == 409 && again.string("error.message")?.contains("already") == true)
            let changed = try await ada.patch("/v1/budgets/\(id)", #"{"amount":3,"stop_at":null,"name":"Mine"}"#)
            #expect(changed.text.contains(#""amount":3,"#) && changed.text.contains(#""stop_at":null"#))
            #expect(changed.number("data.warn_at") == 80)
            let bare = try await ada.patch("/v1/budgets/\(id)", #"{"warn_at":null}"#)
            #expect(bare.status == 422)
            #expect(try await ada.get("/v1/budgets").string("data.0.name") == "Mine")
            #expect(try await ada.delete("/v1/budgets/\(id)").status == 204)
            #expect(try await ada.get("/v1/budgets").count("data") == 0)
        }
    }

    @Test func somebodyElsesIsNotThere() async throws {
        try await TestServer.run { caller in
            let (ada, bob) = (try await caller.newcomer("ada"), try await caller.newcomer("bob"))
            let id = try await ada.post("/v1/budgets", own).string("data.budget_id") ?? ""
            #expect(try await bob.get("/v1/budgets").count("data") == 0)
            #expect(try await bob.patch("/v1/budgets/\(id)", #"{"amount":9}"#).status == 404)
            #expect(try await bob.delete("/v1/budgets/\(id)").status == 404)
            #expect(try await ada.get("/v1/budgets").count("data") == 1)
        }
    }

    /// Ada's organisation has a member who decides nothing: Bob.
    @Test func membersSetTheirOwnAndSeeWhatTheOrganisationHasSet() async throws {
        try await RouteWorld.run { world in
            let (owner, organisation) = (
                Caller(client: world.site.client, token: world.member.token), world.things["organisation"] ?? ""
            )
            let bob = Caller(client: world.site.client, token: world.stranger.token)
            let stranger = try #require(try await bob.get("/v1/users/me").string("data.user_id").flatMap(UUID.init))
            let home = try #require(UUID(uuidString: organisation))
            try await world.site.database.administrator.batch([
                "insert into memberships (org_id, user_id) values (\(home), \(stranger))",
                "update users set home_org_id = \(home) where user_id = \(stranger)",
            ])
            let all = #"{"scope":"organization","period":"month","amount":100}"#
            let set = try await owner.post("/v1/budgets", all)
            #expect(set.status == 201)
            let id = set.string("data.budget_id") ?? ""
            let seen = try await bob.get("/v1/budgets")
            #expect(seen.count("data") == 1 && seen.string("data.0.scope") == "organization")
            #expect(seen.flag("data.0.may_change") == false)
            #expect(try await bob.post("/v1/budgets", all.replacing("month", with: "day")).status == 403)
            #expect(try await bob.patch("/v1/budgets/\(id)", #"{"amount":9}"#).status == 403)
            #expect(try await bob.delete("/v1/budgets/\(id)").status == 403)
            let other = #"{"scope":"user","user_id":"\#(world.things["user"] ?? "")","period":"day","amount":1}"#
            #expect(try await bob.post("/v1/budgets", other).status == 403)
            #expect(try await bob.post("/v1/budgets", own).status == 201)
            // What Bob has set for himself is nobody else's to see; what the owner has set on him is not his to change.
            #expect(!(try await owner.get("/v1/budgets")).text.contains(#""amount":2.5"#))
            let onBob = #"{"scope":"user","user_id":"\#(stranger.uuidString)","period":"total","amount":1}"#
            let limit = try await owner.post("/v1/budgets", onBob)
            #expect(limit.status == 201 && limit.flag("data.is_personal") == false)
            #expect(limit.string("data.subject_name") == "stranger")
            #expect(try await bob.delete("/v1/budgets/\(limit.string("data.budget_id") ?? "")").status == 403)
        }
    }

    @Test(arguments: [
        (#"{"scope":"moon","period":"day","amount":1}"#, "scope"),
        (#"{"scope":"user","period":"year","amount":1}"#, "period"),
        (#"{"scope":"user","period":"day","amount":0}"#, "amount"),
        (#"{"scope":"agent","period":"day","amount":1}"#, "agent_id"),
        (#"{"scope":"user","period":"day","amount":1,"warn_at":90,"ask_at":80}"#, "ask_at"),
        (#"{"scope":"user","period":"day","amount":1,"stop_at":null}"#, "stop_at"),
        (#"{"scope":"user","period":"day","amount":1,"currency":"usd"}"#, "currency"),
    ])
    func whatIsWrongIsNamed(body: String, field: String) async throws {
        try await TestServer.run { caller in
            let answer = try await caller.newcomer("ada").post("/v1/budgets", body)
            #expect(answer.status == 422)
            #expect(answer.string("error.details.0.field") == field)
        }
    }

    @Test func whatWasSpentIsAddedUp() async throws {
        try await TestServer.run { caller in
            let (ada, bob) = (try await caller.newcomer("ada"), try await caller.newcomer("bob"))
            try await ada.addModel()
            let conversation = try await ada.newConversation()
            _ = try await ada.post("/v1/conversations/\(conversation)/messages", #"{"content":"hello"}"#)
            for grouping in ["day", "model", "agent", "user"] {
                let sums = try await ada.get("/v1/usage?group_by=\(grouping)")
                #expect(sums.count("data") == 1 && sums.number("data.0.calls") == 1, "\(grouping): \(sums.text)")
                #expect(try await bob.get("/v1/usage?group_by=\(grouping)").count("data") == 0)
            }
            #expect(try await ada.get("/v1/usage?group_by=user").string("data.0.name") == "ada")
            let csv = try await ada.get("/v1/usage?group_by=model&format=csv")
            #expect(csv.headers[.contentType]?.hasPrefix("text/csv") == true)
            #expect(csv.text.hasPrefix("model,name,calls,") && csv.text.contains("\r\nlarge,large,1,0,1,"))
            #expect(try await ada.get("/v1/usage?from=2020-01-01&to=2020-01-31").count("data") == 0)
            for wrong in ["group_by=moon", "from=2026-02-30", "from=2026-02-02&to=2026-02-01", "format=xml"] {
                #expect(try await ada.get("/v1/usage?\(wrong)").status == 422)
            }
        }
    }
}
