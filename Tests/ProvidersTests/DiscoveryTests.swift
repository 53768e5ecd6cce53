import Engine
import Fetch
import Testing

@testable import Providers

/// What can be offered without typing.
struct DiscoveryTests {
    private func discover(
        _ ports: [Int],
        ownPort: Int? = nil,
        environment: [String: String] = [:],
        limits: CallLimits = CallLimits(discovery: .seconds(10))
    ) async -> [DiscoveredProvider] {
        var discovery = Discovery(
            client: FetchClient(),
            environment: environment,
            ownPort: ownPort,
            limits: limits
        )
        discovery.servers = ports.map { Discovery.LocalServer(kind: .custom, name: "S\($0)", port: $0) }
        return await discovery.run()
    }

    private func server(_ body: String, status: Int = 200) throws -> ScriptedServer {
        try ScriptedServer { peer in
            while peer.request() != nil { peer.answer(status, "", body) }
        }
    }

    @Test func onlyModelServersAreOffered() async throws {
        let good = try server(#"{"object":"list","data":[{"id":"b","object":"model"},{"id":"a"}]}"#)
        let web = try server("<html></html>")
        let ours = try server(#"{"success":true,"data":[]}"#)
        let locked = try server(#"{"object":"list","data":[]}"#, status: 401)
        let found = await discover([1, web.port, ours.port, good.port, locked.port])
        #expect(
            found == [
                DiscoveredProvider(kind: .custom, name: "S\(good.port)", baseURL: good.url + "/v1", models: ["a", "b"])
            ]
        )
    }

    @Test func aSilentPortIsNotWaitedFor() async throws {
        let silent = try ScriptedServer { $0.waitForClose() }
        let start = ContinuousClock.now
        #expect(await discover([silent.port], limits: CallLimits()).isEmpty)
        #expect(ContinuousClock.now - start < .seconds(50))
    }

    @Test func notItself() async throws {
        let own = try server(#"{"object":"list","data":[]}"#)
        #expect(await discover([own.port], ownPort: own.port).isEmpty)
        #expect(own.connections == 0)
        #expect(await discover([own.port]).count == 1)
    }

    @Test func keysInTheEnvironment() async {
        let environment = [
            "OPENAI_API_KEY": "a", "DEEPSEEK_API_KEY": "", "ANTHROPIC_API_KEY": "b", "AZURE_OPENAI_API_KEY": "c",
        ]
        let found = await discover([], environment: environment)
        #expect(found.map(\.keyVariable) == ["OPENAI_API_KEY", "ANTHROPIC_API_KEY"])
        #expect(found.map(\.baseURL) == ["https://api.openai.com/v1", "https://api.anthropic.com/v1"])
        let endpoint = ["AZURE_OPENAI_ENDPOINT": "https://r.openai.azure.com/"]
        let azure = await discover([], environment: environment.merging(endpoint) { $1 }).last
        #expect(azure?.kind == .azure)
        #expect(azure?.baseURL == "https://r.openai.azure.com")
    }

    @Test func theUsualPorts() {
        #expect(Discovery.LocalServer.usual.map(\.port) == [11434, 8080, 1234, 8000])
    }
}
