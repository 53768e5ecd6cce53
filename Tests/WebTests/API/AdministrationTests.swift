import Engine
import Foundation
import HTTPTypes
import Storage
import Testing

@testable import Web

/// What administrators see and do over the API, and what others do not.
@Suite(.timeLimit(.minutes(10))) struct AdministrationTests {
    /// An administrator and a member with a model, both programs.
    private func people(_ site: TestSite) async throws -> (root: Caller, ada: Caller) {
        let caller = Caller(client: site.client)
        _ = try await site.store.register(
            email: "root@example.com",
            password: Secret("correct horse 9"),
            nickname: "root",
            language: "en",
            status: .active,
            isSuperuser: true
        )
        var root = caller
        root.token = try await root.signIn("root@example.com", "correct+horse+9").string("data.access_token")
        let ada = try await caller.newcomer("ada")
        try await ada.addModel()
        return (root, ada)
    }

    /// A run of Ada's that waits for an answer.
    private func waitingRun(of ada: Caller) async throws -> String {
        let conversation = try await ada.newConversation()
        let sent = try await ada.post(
            "/v1/conversations/\(conversation)/messages",
            #"{"content":"ask"}"#,
            headers: [.prefer: "respond-async"]
        )
        let run = try #require(sent.string("data.run_id"))
        try await eventually("the run waits") {
            try await ada.get("/v1/runs/\(run)").string("data.state") == "waiting"
        }
        return run
    }

    @Test func runsAreListedAndStopped() async throws {
        try await TestServer.runSite { site in
            let (root, ada) = try await people(site)
            let run = try await waitingRun(of: ada)
            let own = try await ada.get("/v1/runs?state=live")
            #expect(own.count("data") == 1 && own.string("data.0.run_id") == run && own.number("pagination.total") == 1)
            #expect(own.string("data.0.state") == "waiting" && own.number("data.0.calls") == 1)
            #expect(own.string("data.0.agent_name") != nil && own.string("data.0.user_name") == "ada")
            for (query, count) in [
                ("state=completed", 0), ("state=waiting,failed", 1), ("since=2000-01-01", 1),
                ("since=2999-01-01T00:00:00Z", 0), ("sort=created_at", 1), ("sort=-finished_at&children=true", 1),
                ("agent_id=\(UUID().uuidString)", 0), ("page=2", 0),
            ] {
                #expect(try await ada.get("/v1/runs?\(query)").count("data") == count, "\(query)")
            }
            for wrong in ["state=asleep", "sort=cost", "agent_id=x", "since=soon", "page=0", "children=maybe"] {
                #expect(try await ada.get("/v1/runs?\(wrong)").status == 422, "\(wrong)")
            }
            #expect(try await root.get("/v1/runs").count("data") == 0)
            let all = try await root.get("/v1/admin/runs?state=live")
            #expect(all.count("data") == 1 && all.string("data.0.user_name") == "ada" && !all.text.contains("colour"))
            #expect(try await root.get("/v1/admin/runs?user_id=\(UUID().uuidString)").count("data") == 0)
            #expect(try await ada.get("/v1/admin/runs").status == 403)

            #expect(try await ada.post("/v1/admin/runs/\(run)/cancellation").status == 403)
            #expect(try await root.post("/v1/admin/runs/\(UUID().uuidString)/cancellation").status == 404)
            #expect(try await root.post("/v1/runs/\(run)/cancellation").status == 404)
            #expect(try await root.post("/v1/admin/runs/\(run)/cancellation").status == 202)
            try await eventually("the run is cancelled") {
                try await ada.get("/v1/runs/\(run)").string("data.state") == "cancelled"
            }
            let written = try await root.get("/v1/audit/events?action=run.stopped")
            #expect(written.count("data") == 1 && written.string("data.0.target") == run)
        }
    }

    @Test func usageOfAllIsForAdministrators() async throws {
        try await TestServer.runSite { site in
            let (root, ada) = try await people(site)
            let conversation = try await ada.newConversation()
            _ = try await ada.post("/v1/conversations/\(conversation)/messages", #"{"content":"hello"}"#)
            #expect(try await root.get("/v1/usage").count("data") == 0)
            for grouping in ["day", "model", "agent", "user", "organization"] {
                let sums = try await root.get("/v1/admin/usage?group_by=\(grouping)")
                #expect(sums.count("data") == 1 && sums.number("data.0.calls") == 1, "\(grouping): \(sums.text)")
            }
            let series = try await root.get("/v1/admin/usage?series=user")
            #expect(series.string("data.0.name") == "ada" && series.string("data.0.from")?.count == 10)
            let csv = try await root.get("/v1/admin/usage?series=model&format=csv")
            #expect(csv.text.hasPrefix("from,model,name,calls,"))
            #expect(try await root.get("/v1/admin/usage?model=none").count("data") == 0)
            #expect(try await ada.get("/v1/usage?scope=own").count("data") == 1)
            #expect(try await ada.get("/v1/admin/usage").status == 403)
            for wrong in ["series=day", "series=moon", "group_by=model&series=user", "user_id=x"] {
                #expect(try await root.get("/v1/admin/usage?\(wrong)").status == 422, "\(wrong)")
            }
        }
    }

    @Test func whatWasDoneIsFoundAgain() async throws {
        try await TestServer.runSite { site in
            let (root, ada) = try await people(site)
            let budget = #"{"scope":"user","period":"day","amount":5}"#
            let made = try #require(try await ada.post("/v1/budgets", budget).string("data.budget_id"))
            _ = try await ada.patch("/v1/budgets/\(made)", #"{"amount":6}"#)
            _ = try await ada.delete("/v1/budgets/\(made)")
            _ = try await root.put("/v1/settings/approvals", #"{"expires_after":60}"#)
            _ = try await root.put("/v1/instructions", #"{"instance":"Be kind."}"#)
            _ = try await root.put("/v1/settings/tools", #"{"members_may_make":true}"#)
            let acts = try await root.get("/v1/audit/events?per_page=100")
            let found = (0..<(acts.count("data") ?? 0)).compactMap { acts.string("data.\($0).action") }
            #expect(
                found.prefix(6) == [
                    "tool_making.changed", "instructions.changed", "approval_patience.changed", "budget.deleted",
                    "budget.updated", "budget.created",
                ]
            )
            // One sees one's own; administrators all, narrowed down as they like.
            let own = try await ada.get("/v1/audit/events?action=budget")
            #expect(own.count("data") == 3 && own.number("pagination.total") == 3)
            #expect(try await ada.get("/v1/audit/events?action=instructions").count("data") == 0)
            for (query, count) in [
                ("who=ADA&action=budget", 3), ("who=nobody", 0), ("q=\(made.prefix(13))", 3), ("to=2020-01-01", 0),
                ("from=2020-01-01&action=instructions", 1), ("action=budget&per_page=2&page=2", 1), ("action=%25", 0),
            ] {
                #expect(try await root.get("/v1/audit/events?\(query)").count("data") == count, "\(query)")
            }
            // Whose account a provider bills, and which models are used.
            let provider = try await ada.get("/v1/llm-configs").string("data.0.llm_id") ?? ""
            _ = try await ada.patch("/v1/llm-configs/\(provider)", #"{"organization_id":"org-7"}"#)
            let billed = try await root.get("/v1/audit/events?action=provider.updated")
            #expect(billed.text.contains("org-7"))
            let model = try await ada.get("/v1/models").string("data.0.model_id") ?? ""
            _ = try await ada.put("/v1/models/fallbacks", #"{"model_ids":["\#(model)"]}"#)
            let ordered = try await root.get("/v1/audit/events?action=model_choice.changed")
            #expect(ordered.count("data") == 1 && ordered.text.contains(model))
            let csv = try await root.get("/v1/audit/events?format=csv&action=budget.created")
            #expect(
                csv.text.hasPrefix("created_at,user_id,user_name,") && csv.text.contains(",budget.created,\(made),")
            )
            for wrong in ["from=soon", "user_id=x", "format=xml", "page=0"] {
                #expect(try await root.get("/v1/audit/events?\(wrong)").status == 422, "\(wrong)")
            }
        }
    }

    @Test func healthSaysHowTheSystemIs() async throws {
        try await TestServer.runSite { site in
            let (root, ada) = try await people(site)
            // A worker writes down that it lives within its first half second.
            try await eventually("a worker is known") {
                try await root.get("/v1/admin/health").count("data.workers") ?? 0 > 0
            }
            let health = try await root.get("/v1/admin/health")
            #expect(health.status == 200 && health.flag("data.workers.0.is_alive") == true)
            #expect(
                health["data.database.latency"] as? Double ?? 9 < 9
                    && health.number("data.database.size_bytes") ?? 0 > 0
            )
            #expect(health.number("data.queue.runs.queued") == 0)
            #expect(health.string("data.providers.0.provider_name") == "Test")
            #expect(health.string("data.sandbox.state") == "off")
            #expect(try await ada.get("/v1/admin/health").status == 403)
            #expect(try await Caller(client: site.client).get("/v1/admin/health").status == 401)
        }
    }
}
