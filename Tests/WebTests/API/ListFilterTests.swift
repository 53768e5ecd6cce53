import Foundation
import Testing

/// Lists that are narrowed down as `002` shows it.
@Suite struct ListFilterTests {
    private func names(_ answer: Answer) -> Set<String> {
        Set((0..<(answer.count("data") ?? 0)).compactMap { answer.string("data.\($0).name") })
    }

    @Test func modelsOfAProviderAndThoseInUse() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            var providers: [String] = []
            for (port, models) in [(9, ["large", "small"]), (8, ["other"])] {
                let provider = try await ada.post(
                    "/v1/llm-configs",
                    #"{"provider":"custom","provider_name":"P\#(port)","api_base_url":"http://127.0.0.1:\#(port)/v1"}"#
                )
                let id = try #require(provider.string("data.llm_id"))
                providers.append(id)
                for name in models {
                    let made = try await ada.post("/v1/models", #"{"llm_id":"\#(id)","name":"\#(name)"}"#)
                    guard name == "small", let model = made.string("data.model_id") else { continue }
                    #expect(try await ada.patch("/v1/models/\(model)", #"{"is_active":false}"#).status == 200)
                }
            }
            let expectations: [(String, [String])] = [
                ("", ["large", "small", "other"]), ("?llm_id=\(providers[0])", ["large", "small"]),
                ("?is_active=true", ["large", "other"]), ("?is_active=false", ["small"]),
                ("?llm_id=\(providers[0])&is_active=true", ["large"]),
                ("?llm_id=\(providers[1])&is_active=false", []), ("?llm_id=\(UUID().uuidString)", []),
            ]
            for (query, expected) in expectations {
                #expect(try await names(ada.get("/v1/models\(query)")) == Set(expected), "\(query)")
            }
            for wrong in ["llm_id=large", "is_active=perhaps"] {
                #expect(try await ada.get("/v1/models?\(wrong)").status == 422, "\(wrong)")
            }
        }
    }

    @Test func agentsByKindAndStatus() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            for (name, rest) in [
                ("one", ""), ("two", #","status":"disabled""#), ("three", #","is_shared":true"#),
            ] {
                let made = try await ada.post("/v1/agents", #"{"name":"\#(name)","instruction":"Look."\#(rest)}"#)
                #expect(made.status == 201, "\(made.text)")
            }
            let expectations: [(String, [String])] = [
                ("type=custom", ["one", "two"]), ("type=custom&status=active", ["one"]), ("status=disabled", ["two"]),
                ("type=shared&status=active", ["three"]), ("type=shared&status=disabled", []),
            ]
            for (query, expected) in expectations {
                #expect(try await names(ada.get("/v1/agents?\(query)")) == Set(expected), "\(query)")
            }
            let system = try await ada.get("/v1/agents?type=system&status=active&page=1&per_page=20")
            #expect(names(system).contains("orchestrator") && names(system).isDisjoint(with: ["one", "two", "three"]))
            for index in 0..<(system.count("data") ?? 0) {
                #expect(system.string("data.\(index).agent_type") == "system")
                #expect(system.string("data.\(index).status") == "active")
            }
            for wrong in ["status=asleep", "type=other"] {
                #expect(try await ada.get("/v1/agents?\(wrong)").status == 422, "\(wrong)")
            }
        }
    }
}
