import Testing

@Suite struct ProviderTests {
    private let openAI = #"{"provider":"openai","provider_name":"OpenAI GPT","api_key":"sk-secret-1234"}"#

    @Test func aKeyGoesInAndNeverComesOut() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let created = try await ada.post("/v1/llm-configs", openAI)
            #expect(created.status == 201)
            #expect(created.string("data.api_base_url") == "https://api.openai.com/v1")
            #expect(created.string("data.test_status") == "pending")
            #expect(created.flag("data.has_api_key") == true)
            let id = created.string("data.llm_id") ?? ""
            for answer in [
                created, try await ada.get("/v1/llm-configs"), try await ada.get("/v1/llm-configs/\(id)"),
                try await ada.post("/v1/llm-configs/\(id)/test"),
            ] {
                #expect(!answer.text.contains("sk-secret"))
            }
        }
    }

    @Test func aNewAddressDropsTheKey() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let id = try await ada.post("/v1/llm-configs", openAI).string("data.llm_id") ?? ""
            let renamed = try await ada.patch("/v1/llm-configs/\(id)", #"{"provider_name":"Work"}"#)
            #expect(renamed.flag("data.has_api_key") == true)
            let moved = try await ada.patch(
                "/v1/llm-configs/\(id)",
                #"{"api_base_url":"https://elsewhere.example/v1"}"#
            )
            #expect(moved.flag("data.has_api_key") == false)
        }
    }

    /// All that is sent is changed, or nothing of it.
    @Test func aChangeIsWholeOrNone() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let path = "/v1/llm-configs/\(try await ada.post("/v1/llm-configs", openAI).string("data.llm_id") ?? "")"
            let limited = try await ada.patch(path, #"{"organization_id":"org-1","rate_limit":{"concurrent":3}}"#)
            #expect(limited.string("data.organization_id") == "org-1")
            #expect(limited.number("data.rate_limit.concurrent") == 3)
            let wrong = try await ada.patch(path, #"{"rate_limit":{"concurrent":9},"api_base_url":"ftp://x"}"#)
            #expect(wrong.status == 422)
            #expect(try await ada.get(path).number("data.rate_limit.concurrent") == 3)
            let lifted = try await ada.patch(path, #"{"organization_id":null,"rate_limit":null}"#)
            #expect(lifted["data.organization_id"] == nil && lifted["data.rate_limit"] == nil)
            let me = try await ada.put("/v1/users/me", #"{"preferences":{"theme":"dark"},"language":"xx"}"#)
            #expect(me.status == 422)
            #expect(try await ada.get("/v1/users/me").string("data.preferences.theme") == nil)
            let both = try await ada.put("/v1/users/me", #"{"preferences":{"theme":"dark"},"language":"zh-CN"}"#)
            #expect(both.string("data.preferences.theme") == "dark" && both.string("data.language") == "zh-CN")
        }
    }

    @Test func aKeyThatCouldNotStandInAHeaderIsRefused() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let path = "/v1/llm-configs/\(try await ada.post("/v1/llm-configs", openAI).string("data.llm_id") ?? "")"
            for key in [#"sk-1\r\nHost: elsewhere"#, #"sk\u0000-1"#, "two words"] {
                let answer = try await ada.patch(path, #"{"api_key":"\#(key)"}"#)
                #expect(answer.status == 422)
                #expect(answer.string("error.details.0.field") == "api_key")
            }
            #expect(try await ada.patch(path, #"{"api_key":""}"#).flag("data.has_api_key") == false)
            #expect(try await ada.patch(path, #"{"api_key":"sk-2"}"#).flag("data.has_api_key") == true)
        }
    }

    @Test func theTestSaysWhatItFound() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let id = try await ada.post("/v1/llm-configs", openAI).string("data.llm_id") ?? ""
            let good = try await ada.post("/v1/llm-configs/\(id)/test")
            #expect(good.string("data.test_status") == "success")
            #expect(good.string("data.available_models.0") == "large")
            let bad = try await ada.post(
                "/v1/llm-configs",
                #"{"provider":"custom","api_base_url":"http://refused.example/v1"}"#
            )
            let failed = try await ada.post("/v1/llm-configs/\(bad.string("data.llm_id") ?? "")/test")
            #expect(failed.string("data.test_status") == "failed")
            #expect(failed.string("data.error_code") == "refused")
        }
    }

    @Test(arguments: [
        (#"{"provider":"nobody"}"#, "provider"),
        (#"{"provider":"openai"}"#, "api_key"),
        (#"{"provider":"custom"}"#, "api_base_url"),
        (#"{"provider":"custom","api_base_url":"ftp://x"}"#, "api_base_url"),
        (#"{"provider":"custom","api_base_url":"http://me:secret@x/"}"#, "api_base_url"),
        (#"{"provider":"openai","api_key":"two words"}"#, "api_key"),
    ])
    func namesTheFieldToMend(body: String, field: String) async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let answer = try await ada.post("/v1/llm-configs", body)
            #expect(answer.status == 422)
            #expect(answer.string("error.details.0.field") == field)
        }
    }

    @Test func modelsHavePricesADefaultAndFallbacks() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let provider = try await ada.post("/v1/llm-configs", openAI).string("data.llm_id") ?? ""
            let priced = try await ada.post(
                "/v1/models",
                #"{"llm_id":"\#(provider)","name":"gpt-4","display_name":"GPT-4","context_window":8192,"#
                    + #""pricing":{"input_tokens":0.03,"output_tokens":0.06,"currency":"USD","per_1k_tokens":true}}"#
            )
            #expect(priced.status == 201)
            #expect(priced.string("data.pricing.currency") == "USD")
            let first = priced.string("data.model_id") ?? ""
            let second =
                try await ada.post("/v1/models", #"{"llm_id":"\#(provider)","name":"small"}"#)
                .string("data.model_id") ?? ""
            #expect(try await ada.put("/v1/models/default", #"{"model_id":"\#(first)"}"#).status == 204)
            #expect(try await ada.put("/v1/models/fallbacks", #"{"model_ids":["\#(second)"]}"#).status == 204)
            let listed = try await ada.get("/v1/models?llm_id=\(provider)&is_active=true")
            #expect(listed.count("data") == 2)
            let twice = try await ada.post("/v1/models", #"{"llm_id":"\#(provider)","name":"small"}"#)
            #expect(twice.status == 409)
        }
    }

    @Test func nullClearsWhatAMissingFieldKeeps() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let provider = try await ada.post("/v1/llm-configs", openAI).string("data.llm_id") ?? ""
            let made = try await ada.post(
                "/v1/models",
                #"{"llm_id":"\#(provider)","name":"gpt-4","context_window":8192,"max_tokens":1024,"#
                    + #""pricing":{"input_tokens":0.03,"output_tokens":0.06}}"#
            )
            let path = "/v1/models/\(made.string("data.model_id") ?? "")"
            let kept = try await ada.patch(path, #"{"display_name":"GPT-4"}"#)
            #expect(kept.number("data.context_window") == 8192 && kept.number("data.max_tokens") == 1024)
            #expect(kept["data.pricing.input_tokens"] != nil)
            let cleared = try await ada.patch(path, #"{"context_window":null,"pricing":null,"max_tokens":2048}"#)
            #expect(cleared.status == 200 && cleared.string("data.display_name") == "GPT-4")
            #expect(cleared["data.context_window"] == nil && cleared["data.pricing"] == nil)
            #expect(cleared.number("data.max_tokens") == 2048)
            let wrong = try await ada.patch(path, #"{"context_window":"many"}"#)
            #expect(wrong.status == 422 && wrong.string("error.details.0.field") == "context_window")
        }
    }

    @Test func theAssistantIsThere() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let agents = try await ada.get("/v1/agents?type=system&status=active")
            #expect(agents.string("data.0.name") == "assistant")
            #expect(agents.flag("data.0.is_system_agent") == true)
        }
    }
}
