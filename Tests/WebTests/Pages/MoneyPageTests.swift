import Foundation
import HTTPTypes
import Testing

@Suite struct MoneyPageTests {
    @Test func aBudgetByItsForms() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            let form = try await visitor.get("/budgets/new")
            let mine = try #require(form.text.firstMatch(of: /value="(own\/user:[^"]+)"/)).1
            let wrong = try await visitor.submit(
                "/budgets",
                [
                    ("subject", String(mine)), ("period", "month"), ("amount", "much"), ("warn_at", "80"),
                    ("name", "Lunch"),
                ]
            )
            // What was typed stays, and the error stands beside its field.
            #expect(wrong.status == 422 && wrong.text.contains("Not an amount."))
            #expect(wrong.text.contains(#"value="much""#) && wrong.text.contains(#"value="Lunch""#))
            #expect(wrong.text.contains("value=\"\(mine)\" selected"))
            for nonsense in ["x/:", "/", "org/", "own/user:nobody", ""] {
                let answer = try await visitor.submit("/budgets", [("subject", nonsense), ("amount", "1")])
                #expect(answer.status == 422, "\(nonsense)")
            }
            let fields = [
                ("subject", String(mine)), ("period", "month"), ("amount", "12.50"), ("currency", "USD"),
                ("warn_at", "80"),
                ("ask_at", ""), ("stop_at", "100"), ("name", "Lunch <b>"),
            ]
            let made = try await visitor.post("/budgets", fields)
            #expect(made.text.contains("Lunch &lt;b&gt;") && made.text.contains("$0.00 of $12.50"))
            #expect(try await visitor.submit("/budgets", fields).text.contains("There is one on this already"))
            let address = String(try #require(made.text.firstMatch(of: /href="(\/budgets\/[0-9a-f-]+)"/)).1)
            try await visitor.get(address)
            let changed = try await visitor.post(address, [("amount", "20"), ("stop_at", "90")])
            #expect(changed.text.contains("of $20.00") && changed.text.contains("stops at 90%"))
            try await visitor.get(address + "/deletion")
            let gone = try await visitor.post(address + "/deletion")
            #expect(gone.text.contains("There is no budget"))
        }
    }

    @Test func aFormWithoutItsProofChangesNothing() async throws {
        try await RouteWorld.run { world in
            var member = world.member
            member.proof = "another site's guess"
            let id = world.things["budget"] ?? ""
            let form = "subject=org/organization&period=day&amount=1&stop_at=100"
            for (path, body) in [("/budgets", form), ("/budgets/\(id)", form), ("/budgets/\(id)/deletion", "")] {
                #expect(try await world.answer(.post, path, body: body, to: member).status == 403)
            }
            let budgets = try await Caller(client: world.site.client, token: member.token).get("/v1/budgets")
            #expect(budgets.count("data") == 1 && budgets.number("data.0.amount") == 10)
        }
    }

    @Test func usageShowsOwnCallsAndMayBeTakenAway() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            try await visitor.addModel()
            #expect(try await visitor.get("/usage").text.contains("No model was called"))
            _ = try await visitor.start("hello")
            let page = try await visitor.get("/usage?group_by=model")
            #expect(page.status == 200)
            let csv = try await visitor.look("/usage/export?group_by=model")
            #expect(csv.headers[.contentDisposition]?.contains("usage-model-") == true)
            #expect(try await visitor.get("/usage?from=x&group_by=moon").status == 200)
        }
    }

    @Test func aModelsPriceOfCachedInputIsKept() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            try await visitor.addModel()
            let list = try await visitor.get("/providers")
            let address = String(try #require(list.text.firstMatch(of: /href="(\/models\/[0-9a-f-]+)"/)).1)
            try await visitor.get(address)
            let prices = [
                ("input_price", "2"), ("output_price", "8"), ("cached_price", "0.5"), ("currency", "CNY"),
                ("active", "1"),
            ]
            try await visitor.post(address, prices)
            let page = try await visitor.get(address)
            #expect(page.text.contains(#"name="cached_price" type="text" value="0.5""#))
            #expect(page.text.contains(#"<option value="CNY" selected>"#))
        }
    }
}
