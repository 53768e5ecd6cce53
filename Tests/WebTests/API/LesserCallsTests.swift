import Foundation
import HTTPTypes
import Postgres
import Storage
import Testing
import Web

/// Calls that are short to make and easily forgotten: that each does what it says.
@Suite struct LesserCallsTests {
    @Test func oneSeesAndEndsOnesSessions() async throws {
        try await TestServer.run { caller in
            let here = try await caller.newcomer("ada")
            var there = caller
            there.token = try await caller.signIn("ada@example.com", "correct+horse+9").string("data.access_token")
            var elsewhere = caller
            elsewhere.token = try await caller.signIn("ada@example.com", "correct+horse+9").string("data.access_token")
            let list = try await here.get("/v1/users/me/sessions")
            #expect(list.count("data") == 3)
            let others = (0..<3).filter { list.flag("data.\($0).is_current") == false }
            let one = try #require(list.string("data.\(others[0]).session_id"))
            #expect(others.count == 2)
            #expect(try await here.delete("/v1/users/me/sessions/\(one)").status == 204)
            #expect(try await here.delete("/v1/users/me/sessions/\(one)").status == 404)
            #expect(try await here.get("/v1/users/me/sessions").count("data") == 2)
            #expect(try await here.delete("/v1/users/me/sessions").status == 204)
            #expect(try await here.get("/v1/users/me/sessions").count("data") == 1)
            #expect(try await here.get("/v1/users/me").status == 200)
            #expect(try await there.get("/v1/users/me").status == 401)
            #expect(try await elsewhere.get("/v1/users/me").status == 401)
        }
    }

    @Test func administratorsSeeAndEndWhatOthersSignInWith() async throws {
        try await TestServer.runSite { site in
            let root = try await site.administrator()
            let ada = try await Caller(client: site.client).newcomer("ada")
            let id = try await ada.get("/v1/users/me").string("data.user_id") ?? ""
            let key = try await ada.post("/v1/api-keys", #"{"name":"program","scopes":["read"]}"#)
            let program = Caller(client: site.client, token: key.string("data.key"))
            #expect(try await program.get("/v1/agents").status == 200)
            let keys = try await root.get("/v1/users/\(id)/api-keys")
            #expect(keys.count("data") == 1 && keys.string("data.0.name") == "program")
            #expect(!keys.text.contains(key.string("data.key") ?? "alma_"))
            let revocation = "/v1/users/\(id)/api-keys/\(keys.string("data.0.key_id") ?? "")"
            #expect(try await root.delete(revocation).status == 204)
            #expect(try await root.delete(revocation).status == 404)
            #expect(try await program.get("/v1/agents").status == 401)
            let sessions = try await root.get("/v1/users/\(id)/sessions")
            #expect(sessions.count("data") == 1 && sessions.flag("data.0.is_current") == false)
            #expect(try await root.delete("/v1/users/\(id)/sessions").status == 204)
            #expect(try await root.get("/v1/users/\(id)/sessions").count("data") == 0)
            #expect(try await ada.get("/v1/users/me").status == 401)
        }
    }

    @Test func anInvitationIsTakenBack() async throws {
        try await TestServer.run { caller in
            let (owner, member) = (try await caller.newcomer("owner"), try await caller.newcomer("member"))
            let team = try await owner.post("/v1/organizations", #"{"name":"Harbour"}"#)
            let path = "/v1/organizations/\(team.string("data.organization_id") ?? "")/invitations"
            let token = try await owner.post(path).string("data.url")?.split(separator: "=").last ?? ""
            let id = try #require(try await owner.get(path).string("data.0.invitation_id"))
            #expect(try await owner.delete("\(path)/\(id)").status == 204)
            #expect(try await owner.get(path).count("data") == 0)
            #expect(try await member.post("/v1/invitations/acceptance", #"{"token":"\#(token)"}"#).status == 422)
        }
    }

    @Test func aToolGoesBackToAVersion() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let body = #"{"name":"mine","description":"First.","definition":{"code":"cat"}}"#
            let id = try #require(try await ada.post("/v1/tools", body).string("data.tool_id"))
            _ = try await ada.patch("/v1/tools/\(id)", #"{"description":"Second."}"#)
            #expect(try await ada.get("/v1/tools/\(id)/versions").count("data") == 2)
            let restored = try await ada.post("/v1/tools/\(id)/versions/1/restoration")
            #expect(restored.status == 200 && restored.string("data.description") == "First.")
            #expect(try await ada.get("/v1/tools/\(id)").string("data.description") == "First.")
            #expect(try await ada.get("/v1/tools/\(id)/versions").count("data") == 3, "nothing is overwritten")
            #expect(try await ada.post("/v1/tools/\(id)/versions/99/restoration").status == 404)
        }
    }

    @Test func aBackupIsDeleted() async throws {
        let shelf = ScriptedBackups()
        try await TestServer.runSite(backups: shelf) { site in
            let root = try await site.administrator()
            #expect(try await root.post("/v1/admin/backups").status == 202)
            await shelf.finish("alma-1-manual.dump", "all of it")
            #expect(try await root.delete("/v1/admin/backups/alma-1-manual.dump").status == 204)
            #expect(await shelf.files().isEmpty)
        }
    }

    @Test func whatRulesWouldDeleteIsCounted() async throws {
        try await TestServer.runSite { site in
            let root = try await site.administrator()
            let id = try await root.newConversation()
            try await site.database.administrator.query(
                """
                update conversations set created_at = now() - interval '9 days', updated_at = now() - interval '9 days',
                    last_message_at = now() - interval '9 days'
                where conversation_id = \(UUID(uuidString: id))
                """
            )
            let none = try await root.get("/v1/admin/retention?conversation_days=30")
            let one = try await root.get("/v1/admin/retention?conversation_days=7")
            #expect(none.number("data.conversations") == 0 && one.number("data.conversations") == 1, "\(one.text)")
            #expect(try await root.get("/v1/conversations/\(id)").status == 200, "counting deletes nothing")
        }
    }

    @Test func variablesAreSetAndRemoved() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let path = "/v1/conversations/\(try await ada.newConversation())/variables/town"
            #expect(try await ada.put(path, #"{"value":{"name":"Bern"}}"#).string("data.value.name") == "Bern")
            #expect(try await ada.get(path).string("data.value.name") == "Bern")
            #expect(try await ada.put(path, #"{"value":null}"#).status == 200)
            #expect(try await ada.delete(path).status == 204)
            #expect(try await ada.get(path).status == 404)
            #expect(try await ada.delete(path).status == 404)
        }
    }

    @Test func aModelIsRemoved() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            try await ada.addModel()
            let path = "/v1/models/\(try await ada.get("/v1/models").string("data.0.model_id") ?? "")"
            #expect(try await ada.get(path).string("data.name") == "large")
            #expect(try await ada.delete(path).status == 204)
            #expect(try await ada.get(path).status == 404)
            #expect(try await ada.get("/v1/models").count("data") == 0)
        }
    }

    /// What does not fit to what is there is said to be so, by its field where it has one.
    @Test func whatIsThereAlreadyIsNotMadeAgain() async throws {
        try await TestServer.runSite { site in
            let root = try await site.administrator()
            try await root.addModel()
            let provider = try await root.get("/v1/llm-configs").string("data.0.llm_id") ?? ""
            let skill = #"{"skill_md":"---\nname: made\ndescription: x\n---\nDo it."}"#
            let secret = #"{"name":"KEY","value":"not-to-be-seen","hosts":["api.example.org"]}"#
            let mcp = #"{"name":"made","transport":"http","place":"https://mcp.example.org/mcp"}"#
            for (path, body) in [
                ("/v1/agents", #"{"name":"made","instruction":"x"}"#),
                ("/v1/tools", #"{"name":"made","description":"x","definition":{"code":"cat"}}"#),
                ("/v1/models", #"{"llm_id":"\#(provider)","name":"second"}"#), ("/v1/skills", skill),
                ("/v1/tool-secrets", secret), ("/v1/mcp-servers", mcp),
                ("/v1/users", #"{"email":"eve@example.com"}"#),
                ("/v1/register", #"{"email":"bob@example.com","password":"correct horse 9"}"#),
                ("/v1/budgets", #"{"scope":"user","period":"day","amount":5}"#),
            ] {
                #expect(try await root.post(path, body).status == 201, "\(path)")
                let again = try await root.post(path, body)
                #expect(again.status == 409 && again.count("error.details") ?? 0 > 0, "\(path) \(again.text)")
            }
            let agent = try await root.get("/v1/agents?type=custom").string("data.0.agent_id") ?? ""
            #expect(try await root.post("/v1/agents", #"{"name":"other","instruction":"x"}"#).status == 201)
            #expect(try await root.patch("/v1/agents/\(agent)", #"{"name":"other"}"#).status == 409)
            let other = #"{"name":"other","description":"x","definition":{"code":"cat"}}"#
            let tool = try await root.post("/v1/tools", other).string("data.tool_id") ?? ""
            let gift = #"{"tool_id":"\#(tool)"}"#
            #expect(try await root.post("/v1/agents/\(agent)/tools", gift).status == 201, "\(tool)")
            #expect(try await root.post("/v1/agents/\(agent)/tools", gift).status == 409)
        }
    }

    /// A run that has ended is not paused or tried again, and while one is under way nothing else begins.
    @Test func aConversationIsOneAfterTheOther() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            try await ada.addModel()
            let path = "/v1/conversations/\(try await ada.newConversation())/messages"
            let done = try await ada.post(path, #"{"content":"echo one"}"#)
            let run = try #require(done.string("data.run_id"))
            let said = try #require(done.string("data.parent_message_id"))
            for verb in ["pause", "retries"] {
                #expect(try await ada.post("/v1/runs/\(run)/\(verb)").status == 409, "\(verb)")
            }
            let busy = try await ada.post(path, #"{"content":"ask"}"#)
            let asking = try #require(busy.string("data.run_id"))
            for (place, body) in [
                (path, #"{"content":"x"}"#), ("\(path)/\(said)/edits", #"{"content":"x"}"#),
                ("\(path)/\(said)/regenerations", "{}"), ("/v1/runs/\(run)/fork", #"{"step":0}"#),
            ] {
                let refused = try await ada.post(place, body)
                #expect(refused.status == 409, "\(place) \(refused.status) \(refused.text)")
            }
            #expect(try await ada.delete("\(path)/\(said)").status == 409)
            #expect(try await ada.post("/v1/runs/\(asking)/cancellation").status == 202)
        }
    }
}
