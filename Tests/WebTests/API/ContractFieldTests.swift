import Foundation
import Testing

/// Fields that programs read by the names of the contract, and what they hold.
@Suite struct ContractFieldTests {
    private func moment(_ text: String?) -> Date? {
        text.flatMap { try? Date($0, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)) }
    }

    @Test func aPerson() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let profile = #"{"nickname":"Ada","timezone":"UTC+8:00","language":"en","preferences":{"theme":"dark"}}"#
            let changed = try await ada.put("/v1/users/me", profile)
            for answer in [changed, try await ada.get("/v1/users/me")] {
                #expect(answer.string("data.timezone") == "UTC+8:00" && answer.string("data.language") == "en")
                #expect(answer.string("data.nickname") == "Ada" && answer.flag("data.is_active") == true)
                #expect(answer.string("data.preferences.theme") == "dark")
            }
        }
    }

    @Test func aProvidersTest() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            for (address, status, latency) in [("good.example", "success", 12), ("refused.example", "failed", 1)] {
                let body = #"{"provider":"custom","api_base_url":"http://\#(address)/v1"}"#
                let made = try await ada.post("/v1/llm-configs", body)
                #expect(made.string("data.test_status") == "pending" && made["data.last_tested_at"] == nil)
                let path = "/v1/llm-configs/\(try #require(made.string("data.llm_id")))"
                let before = Date()
                let tested = try await ada.post("\(path)/test")
                #expect(tested.string("data.test_status") == status && tested.number("data.latency") == latency)
                let at = try #require(moment(tested.string("data.tested_at")), "\(tested.text)")
                #expect(abs(at.timeIntervalSince(before)) < 60)
                let shown = try await ada.get(path)
                #expect(shown.string("data.test_status") == status)
                #expect(moment(shown.string("data.last_tested_at")) != nil, "\(shown.text)")
            }
        }
    }

    @Test func anAgentAndHowItFares() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            try await ada.addModel()
            let made = try await ada.post(
                "/v1/agents",
                #"{"name":"scout","instruction":"Look.","capabilities":["python_coding","debugging"]}"#
            )
            let agent = try #require(made.string("data.agent_id"), "\(made.text)")
            #expect(made["data.capabilities"] as? [String] == ["python_coding", "debugging"])
            #expect(made.number("data.usage_count") == 0 && made["data.last_used_at"] == nil)
            let talk = try await ada.newConversation()
            for (words, count, rate) in [("hello", 1, 1.0), ("fail", 2, 0.5)] {
                let message = #"{"content":"\#(words)","agent_id":"\#(agent)"}"#
                _ = try await ada.post("/v1/conversations/\(talk)/messages", message)
                let listed = try await ada.get("/v1/agents?type=custom")
                #expect(listed.count("data") == 1 && listed.string("data.0.agent_id") == agent)
                #expect(listed["data.0.capabilities"] as? [String] == ["python_coding", "debugging"])
                #expect(listed.number("data.0.usage_count") == count, "\(listed.text)")
                #expect(listed["data.0.success_rate"] as? Double == rate, "\(listed.text)")
                #expect(moment(listed.string("data.0.last_used_at")) != nil)
            }
        }
    }

    @Test func messages() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            try await ada.addModel()
            let talk = try await ada.newConversation()
            let sent = try await ada.post("/v1/conversations/\(talk)/messages", #"{"content":"hello"}"#)
            #expect(sent.string("data.content_type") == "text")
            let said = try await ada.get("/v1/conversations/\(talk)/messages?page=1&per_page=50&order=asc")
            for (index, role) in ["user", "assistant"].enumerated() {
                let message = "data.\(index)"
                #expect(said.string("\(message).role") == role)
                #expect(said.string("\(message).content_type") == "text")
                #expect(said.flag("\(message).is_deleted") == false)
                #expect(said.string("\(message).conversation_id") == talk)
                #expect(moment(said.string("\(message).timestamp")) != nil)
            }
            #expect(said.number("data.1.model_metadata.usage.completion_tokens") == 1)
            #expect(said["data.1.model_metadata.response_time"] as? Double != nil)
            #expect(said.string("data.1.agent_id") != nil)
        }
    }
}
