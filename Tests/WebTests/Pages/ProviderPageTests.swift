import Foundation
import Postgres
import Testing

@Suite struct ProviderPageTests {
    @Test func kindsPrefillTheirAddress() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            let kinds = try await visitor.get("/providers/new")
            #expect(kinds.text.contains("/providers/new?kind=anthropic") && !kinds.text.contains("name=\"base_url\""))
            let form = try await visitor.get("/providers/new?kind=anthropic")
            #expect(
                form.text.contains("value=\"https://api.anthropic.com/v1\"") && form.text.contains("name=\"api_key\"")
            )
        }
    }

    @Test func whatIsWrongIsSaidAndTheKeyIsNeverShown() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            try await visitor.get("/providers/new?kind=openai")
            let wrong = try await visitor.post(
                "/providers",
                [("kind", "openai"), ("name", "Mine"), ("base_url", "htps://x"), ("api_key", "")]
            )
            #expect(
                wrong.status == 422 && wrong.text.contains("value=\"htps://x\"")
                    && wrong.text.contains("value=\"Mine\"")
            )
            #expect(wrong.text.contains("This kind needs a key.") && wrong.text.contains("href=\"#base_url\""))
            let added = try await visitor.post(
                "/providers",
                [
                    ("kind", "openai"), ("name", "Mine"), ("base_url", "https://x.example/v1"),
                    ("api_key", "sk-topsecret-1234567890"),
                ]
            )
            #expect(added.status == 200 && !added.text.contains("topsecret"))
            let list = try await visitor.get("/providers")
            #expect(list.text.contains("Mine") && list.text.contains("Answers") && !list.text.contains("topsecret"))
            let id = try #require(list.text.firstMatch(of: /id="p-([0-9a-f-]{36})"/)).1
            let edit = try await visitor.get("/providers/\(id)")
            #expect(edit.text.contains("Ends in …7890") && !edit.text.contains("topsecret"))
            let moved = try await visitor.post(
                "/providers/\(id)",
                [("name", "Mine"), ("base_url", "https://elsewhere.example/v1"), ("active", "1")]
            )
            #expect(moved.status == 422 && moved.text.contains("the key is asked for again"))
        }
    }

    @Test func limitsAreKeptAndLifted() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            try await visitor.post("/providers", [("kind", "builtin"), ("name", "Mine")])
            let list = try await visitor.get("/providers")
            let id = try #require(list.text.firstMatch(of: /id="p-([0-9a-f-]{36})"/)).1
            func save(_ concurrent: String, _ perMinute: String) async throws -> (isRefused: Bool, text: String) {
                let answer = try await visitor.post(
                    "/providers/\(id)",
                    [("name", "Mine"), ("active", "1"), ("concurrent", concurrent), ("per_minute", perMinute)]
                )
                return (answer.status == 422, answer.text)
            }
            let wrong = try await save("many", "60")
            #expect(wrong.isRefused && wrong.text.contains("value=\"many\""))
            #expect(wrong.text.contains("from 1 to 100000"))
            _ = try await save("4", "60")
            let kept = try await visitor.get("/providers/\(id)").text
            #expect(kept.contains("value=\"4\"") && kept.contains("value=\"60\""))
            _ = try await save("", "")
            let lifted = try await visitor.get("/providers/\(id)").text
            #expect(!lifted.contains("value=\"4\"") && !lifted.contains("value=\"60\""))
        }
    }

    @Test func whatTheMachineHasIsTheOperators() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            let list = try await visitor.get("/providers")
            #expect(!list.text.contains("Found on this machine") && !list.text.contains("Ollama"))
            let taken = try await visitor.post("/providers/offers", [("offer", "ollama  http://127.0.0.1:11434/v1")])
            #expect(taken.status == 409)
        }
    }

    @Test func oneClickAddsWhatWasFound() async throws {
        try await TestServer.runSite { site in
            let visitor = Visitor(Caller(client: site.client))
            try await visitor.register("one")
            try await site.database.administrator.query("update users set is_superuser = true")
            let list = try await visitor.get("/providers")
            #expect(list.text.contains("Found on this machine") && list.text.contains("Ollama"))
            let added = try await visitor.post("/providers/offers", [("offer", "ollama  http://127.0.0.1:11434/v1")])
            #expect(added.text.contains("Added. It answers") && added.text.contains("12 ms"))
            #expect(added.text.contains(">large</a>") && added.text.contains(">Default</td>"))
            let builtin = try await visitor.post("/providers/offers", [("offer", "builtin  builtin:")])
            #expect(builtin.text.contains("Rehearsal") && !builtin.text.contains("value=\"builtin  builtin:\""))
            let gone = try await visitor.submit("/providers/offers", [("offer", "openai KEY https://evil.example")])
            #expect(gone.status == 409)
        }
    }

    @Test func aFailingTestSaysWhatToDo() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            try await visitor.get("/providers/new?kind=custom")
            let fields = [("kind", "custom"), ("name", "Off"), ("base_url", "http://refused.example/v1")]
            let added = try await visitor.post("/providers", fields)
            #expect(added.text.contains("Does not answer") && added.text.contains("Nothing listens at this address."))
            let id = try #require(added.text.firstMatch(of: /id="p-([0-9a-f-]{36})"/)).1
            let tested = try await visitor.post("/providers/\(id)/test")
            #expect(tested.text.contains("Nothing listens at this address.") && tested.text.contains("Test again"))
            let later = try await visitor.post("/preferences", [("language", "zh-CN"), ("return", "/providers")])
            #expect(later.text.contains("这个地址上没有服务在监听") && !later.text.contains("Nothing listens"))
            let deleted = try await visitor.post("/providers/\(id)/deletion")
            #expect(deleted.status == 200 && !deleted.text.contains("refused.example"))
        }
    }

    @Test func modelsPricesAndOrder() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            try await visitor.addModel()
            let list = try await visitor.get("/providers")
            let provider = try #require(list.text.firstMatch(of: /id="p-([0-9a-f-]{36})"/)).1
            let choose = try await visitor.get("/providers/\(provider)/models")
            #expect(
                choose.text.contains("offers 2 models.") && choose.text.contains("value=\"large\" checked disabled")
            )
            let none = try await visitor.submit("/providers/\(provider)/models", [])
            #expect(none.status == 422 && none.text.contains("Choose at least one model."))
            try await visitor.post("/providers/\(provider)/models", [("name", "own-model"), ("display_name", "Own")])
            let models = try await visitor.get("/providers").text.matches(of: /href="\/models\/([0-9a-f-]{36})">(\w+)/)
            let ids = Dictionary(models.map { (String($0.2), String($0.1)) }) { first, _ in first }
            let (large, own) = (try #require(ids["large"]), try #require(ids["Own"]))
            let wrong = try await visitor.submit("/models/\(own)", [("display_name", "Own"), ("input_price", "2,5")])
            #expect(wrong.status == 422 && wrong.text.contains("value=\"2,5\""))
            let priced = try await visitor.post(
                "/models/\(own)",
                [
                    ("display_name", "Own"), ("input_price", "2.5"), ("output_price", "10"), ("currency", "CNY"),
                    ("context_window", "128000"), ("active", "1"),
                ]
            )
            #expect(priced.text.contains("¥2.50") && priced.text.contains("¥10.00") && priced.text.contains("128k"))
            let emptied = try await visitor.post(
                "/models/\(own)",
                [("display_name", "Own"), ("input_price", ""), ("context_window", ""), ("active", "1")]
            )
            #expect(!emptied.text.contains("¥2.50") && !emptied.text.contains("128k"))
            #expect(
                try await visitor.get("/models/\(own)").text.contains(
                    "name=\"context_window\" type=\"text\" value=\"\""
                )
            )
            let ordered = try await visitor.post(
                "/models/order",
                [("default", own), ("fallback1", large), ("fallback2", own)]
            )
            #expect(ordered.text.contains("<option value=\"\(own)\" selected>Own</option>"))
            #expect(ordered.text.contains(">Fallback 1</td>") && ordered.text.contains(">Default</td>"))
            // What cannot be taken changes nothing, and what was chosen stays chosen.
            let refused = try await visitor.submit(
                "/models/order",
                [("default", large), ("fallback1", UUID().uuidString), ("fallback2", own)]
            )
            #expect(refused.status == 422 && refused.text.contains("id=\"fallback1-error\""))
            #expect(refused.text.contains("<option value=\"\(large)\" selected>"))
            #expect(refused.text.contains(">Fallback 1</td>"))
            let still = try await visitor.get("/providers")
            #expect(still.text.contains("<option value=\"\(own)\" selected>Own</option>"))
        }
    }

    /// Programs set prices in any currency; the form offers that one too and keeps it.
    @Test func aPriceStaysInItsCurrency() async throws {
        try await TestServer.runSite { site in
            let visitor = Visitor(Caller(client: site.client))
            try await visitor.register("one")
            try await visitor.addModel()
            let list = try await visitor.get("/providers")
            let model = try #require(list.text.firstMatch(of: /\/models\/([0-9a-f-]{36})/)).1
            func price(_ currency: String) async throws {
                let pricing = #"{"input_tokens":300,"output_tokens":900,"currency":"\#(currency)"}"#
                try await site.database.administrator.query("update models set pricing = \(pricing)::jsonb")
            }
            func stored() async throws -> String? {
                let rows = try await site.database.administrator.query(
                    "select pricing ->> 'currency' as currency from models"
                )
                return try rows.first?.get("currency", as: String.self)
            }
            let fields = [("display_name", "Large"), ("input_price", "300"), ("output_price", "900"), ("active", "1")]
            for (code, shown) in [("JPY", "JPY"), ("A\\\"<b>", "A&quot;&lt;b&gt;")] {
                try await price(code)
                let form = try await visitor.get("/models/\(model)").text
                #expect(form.contains("<option value=\"\(shown)\" selected>"))
                #expect(form.contains("<option value=\"USD\">"))
                let own = code.replacing("\\", with: "")
                try await visitor.post("/models/\(model)", fields + [("currency", own)])
                #expect(try await stored() == own)
                // Whoever leaves it out changes it no more than the form does.
                try await visitor.post("/models/\(model)", fields)
                #expect(try await stored() == own)
            }
            for wrong in ["", "elevenchars"] {
                let refused = try await visitor.submit("/models/\(model)", fields + [("currency", wrong)])
                #expect(refused.status == 422 && refused.text.contains("id=\"currency-error\""))
            }
            try await visitor.post("/models/\(model)", fields + [("currency", "EUR")])
            #expect(try await stored() == "EUR")
        }
    }

    @Test func anothersProviderIsNotThere() async throws {
        try await TestServer.run { caller in
            let owner = Visitor(caller)
            try await owner.register("one")
            try await owner.addModel()
            let list = try await owner.get("/providers")
            let provider = try #require(list.text.firstMatch(of: /id="p-([0-9a-f-]{36})"/)).1
            let model = try #require(list.text.firstMatch(of: /\/models\/([0-9a-f-]{36})/)).1
            let other = Visitor(caller)
            try await other.register("two")
            for path in [
                "/providers/\(provider)", "/providers/\(provider)/models", "/models/\(model)",
                "/models/\(model)/deletion",
            ] {
                #expect(try await other.look(path).status == 404, "\(path)")
            }
            for path in [
                "/providers/\(provider)/test", "/providers/\(provider)/deletion", "/models/\(model)/deletion",
                "/models/\(model)",
            ] {
                #expect(try await other.submit(path).status == 404, "\(path)")
            }
            #expect(try await other.submit("/models/order", [("default", String(model))]).status == 404)
        }
    }
}
