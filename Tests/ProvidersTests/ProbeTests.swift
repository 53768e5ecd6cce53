import Engine
import Fetch
import Testing

@testable import Providers

/// The test of a provider: latency, models, and a reason when it fails.
struct ProbeTests {
    private func probe(_ kind: ProviderKind, _ server: ScriptedServer) async -> ProbeResult {
        await ProviderModels.test().probe(server.endpoint(kind))
    }

    @Test(arguments: [
        (ProviderKind.openai, #"{"object":"list","data":[{"id":"b"},{"id":"a"},{"id":"a"}]}"#),
        (.anthropic, #"{"data":[{"type":"model","id":"a"},{"id":"b","display_name":"B"}],"has_more":false}"#),
        (.ollama, #"{"models":[{"name":"b","model":"b"},{"name":"a"}]}"#), (.custom, #"[{"id":"a"},{"id":"b"}]"#),
    ])
    func listsModels(kind: ProviderKind, body: String) async throws {
        let server = try ScriptedServer { peer in
            guard let request = peer.request() else { return }
            #expect(request.head.hasPrefix(kind == .anthropic ? "GET /v1/models?limit=1000 " : "GET /v1/models "))
            #expect(
                request.head.contains(
                    kind == .anthropic ? "x-api-key: sk-test-key" : "Authorization: Bearer sk-test-key"
                )
            )
            peer.answer(200, "Content-Type: application/json\r\n", body)
        }
        let result = await probe(kind, server)
        #expect(result.models == ["a", "b"])
        #expect(result.failure == nil)
        #expect(result.latency >= 0)
    }

    @Test(arguments: [
        (401, "unauthorized"), (403, "forbidden"), (404, "not_found"), (429, "rate_limited"), (500, "server_error"),
        (503, "server_error"), (302, "bad_url"), (400, "malformed"),
    ])
    func statuses(status: Int, code: String) async throws {
        let server = try ScriptedServer { peer in
            _ = peer.request()
            peer.answer(status, "Location: http://127.0.0.1:1/\r\n", #"{"error":{"message":"No, sk-test-key"}}"#)
        }
        let failure = try #require(await probe(.openai, server).failure)
        #expect(failure.code == code)
        #expect(!failure.message.contains("sk-test"))
    }

    @Test(arguments: ["<html>", "{}", "{\"data\":[1]}", "", "{\"data\":[{\"id\":NaN}]}"])
    func notAList(body: String) async throws {
        let server = try ScriptedServer { peer in
            _ = peer.request()
            peer.answer(200, "", body)
        }
        #expect(await probe(.custom, server).failure?.code == "malformed")
    }

    @Test(arguments: [
        ("http://127.0.0.1:1/v1", "refused"), ("http://nowhere.invalid/v1", "dns"), ("htp://x", "bad_url"),
        ("", "bad_url"),
    ])
    func unreachable(base: String, code: String) async {
        let result = await ProviderModels.test().probe(ProviderEndpoint(kind: .custom, baseURL: base, isTrusted: true))
        #expect(result.failure?.code == code)
        #expect(result.models.isEmpty)
    }

    @Test func tlsAndTimeout() async throws {
        let server = try ScriptedServer { $0.waitForClose() }
        let result = await ProviderModels.test(CallLimits(probe: .milliseconds(300))).probe(server.endpoint(.custom))
        #expect(result.failure?.code == "timeout")
        #expect(result.latency >= 300)
        let plain = try ScriptedServer { $0.send("HTTP/1.1 200 OK\r\n\r\n") }
        let endpoint = ProviderEndpoint(kind: .custom, baseURL: "https://127.0.0.1:\(plain.port)", isTrusted: true)
        #expect(await ProviderModels.test().probe(endpoint).failure?.code == "tls")
    }

    @Test func anEndlessList() async throws {
        let server = try ScriptedServer { peer in
            _ = peer.request()
            peer.send("HTTP/1.1 200 OK\r\n\r\n{\"data\":[")
            while peer.send([UInt8](repeating: 32, count: 65536)) {}
        }
        let failure = await probe(.custom, server).failure?.code
        #expect(failure == "malformed" || failure == "timeout")
    }

    @Test func azureAsksForDeploymentsThenModels() async throws {
        let server = try ScriptedServer { peer in
            while let request = peer.request() {
                #expect(request.head.contains("api-key: k"))
                if request.head.hasPrefix("GET /openai/deployments?api-version=") {
                    peer.answer(404)
                } else if request.head.hasPrefix("GET /openai/models?api-version=2024-10-21 ") {
                    peer.answer(200, "", #"{"data":[{"id":"gpt"}]}"#)
                }
            }
        }
        let endpoint = ProviderEndpoint(kind: .azure, baseURL: server.url, apiKey: Secret("k"), isTrusted: true)
        #expect(await ProviderModels.test().probe(endpoint).models == ["gpt"])
    }

    @Test func theBuiltinOne() async {
        let result = await ProviderModels.test().probe(
            ProviderEndpoint(kind: .builtin, baseURL: "builtin:", isTrusted: true)
        )
        #expect(result == ProbeResult(latency: 0, models: ["demo", "demo-fast"]))
    }
}
