import Foundation
import HTTPTypes
import Testing

/// What somebody who administers nothing sees of their own work and acts, and nothing of others'.
@Suite(.timeLimit(.minutes(10))) struct OwnPageTests {
    @Test func runsAreListedForTheirPersonAlone() async throws {
        try await TestServer.run { caller in
            let (ada, eve) = (Visitor(caller), Visitor(caller))
            try await ada.register("ada")
            try await eve.register("eve")
            try await ada.addModel()
            let talk = try await ada.start("echo mine")
            let shown = try await ada.finished(talk)
            let run = try #require(shown.text.firstMatch(of: /href="(\/runs\/[0-9a-f-]+)"/)).1
            #expect(try await ada.get("/usage").text.contains(#"href="/runs""#))
            let all = try await ada.get("/runs?state=all")
            #expect(all.text.contains(#"href="\#(run)""#) && all.text.contains("My runs"))
            #expect(!all.text.contains(#"href="/admin"#) && all.text.contains("1 run"))
            #expect(try await ada.get("/runs").text.contains("Nothing is here."), "it has ended")
            #expect(try await !eve.get("/runs?state=all").text.contains(run))
        }
    }

    @Test func aRunIsStoppedFromTheList() async throws {
        try await TestServer.run { caller in
            let ada = Visitor(caller)
            try await ada.register("ada")
            try await ada.addModel()
            _ = try await ada.start("ask")
            let live = try await ada.get("/runs")
            let stop = try #require(live.text.firstMatch(of: /action="(\/runs\/[0-9a-f-]+\/cancellation)"/)).1
            let stopped = try await ada.post(String(stop))
            #expect(stopped.status == 200)
            try await eventually("the list shows it as cancelled") {
                try await ada.get("/runs?state=cancelled").text.contains("1 run")
            }
        }
    }

    @Test func actsAreListedForWhoDidThem() async throws {
        try await TestServer.run { caller in
            let (ada, eve) = (Visitor(caller), Visitor(caller))
            try await ada.register("ada")
            try await eve.register("eve")
            try await eve.get("/organisations")
            try await eve.post("/organisations", [("name", "Harbour")])
            #expect(try await ada.get("/settings").text.contains(#"href="/settings/audit""#))
            let own = try await ada.get("/settings/audit")
            #expect(own.text.contains("session.started") && !own.text.contains("organization.created"))
            #expect(!own.text.contains(#"name="who""#) && !own.text.contains("/admin/audit"))
            let hers = try await eve.get("/settings/audit?action=organization")
            #expect(hers.text.contains("Harbour") && !hers.text.contains("session.started"))
            let table = try await eve.look("/settings/audit/export?action=organization")
            #expect(table.text.contains("organization.created") && !table.text.contains("session.started"))
            #expect(table.headers[.contentType]?.hasPrefix("text/csv") == true)
        }
    }

    @Test func anAgentsBudgetsStandOnItsPage() async throws {
        try await TestServer.run { caller in
            let ada = Visitor(caller)
            try await ada.register("ada")
            let list = try await ada.get("/agents")
            let agent = try #require(list.text.firstMatch(of: /href="\/agents\/([0-9a-f-]{36})"/)).1
            let before = try await ada.get("/agents/\(agent)")
            #expect(before.text.contains("No budget is on this agent."))
            #expect(before.text.contains(#"href="/budgets/new?agent=\#(agent)""#))
            let form = try await ada.get("/budgets/new?agent=\(agent)")
            #expect(form.text.contains(#"value="own/agent:\#(agent)" selected"#), "it is chosen already")
            try await ada.post(
                "/budgets",
                [
                    ("subject", "own/agent:\(agent)"), ("period", "day"), ("amount", "5"), ("currency", "USD"),
                    ("stop_at", "100"),
                ]
            )
            let after = try await ada.get("/agents/\(agent)")
            #expect(after.text.contains("of $5") && !after.text.contains("No budget is on this agent."))
        }
    }
}
