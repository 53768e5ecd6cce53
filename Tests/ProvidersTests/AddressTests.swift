import Engine
import Testing

@testable import Providers

/// An address that no administrator entered leads to the public internet or nowhere.
struct AddressTests {
    @Test func anUntrustedAddressOfThisMachineIsNotCalled() async throws {
        let server = try ScriptedServer { peer in
            _ = peer.request()
            peer.answer(200, "Content-Type: application/json\r\n", #"{"data":[{"id":"secret"}]}"#)
        }
        var endpoint = ProviderEndpoint(kind: .custom, baseURL: server.url + "/v1")
        let refused = await ProviderModels.test().probe(endpoint)
        #expect(refused.failure?.code == "private_address")
        await #expect(throws: ModelError.self) {
            try await ProviderModels.test().model(named: "m", at: endpoint)
                .answer(ModelRequest(instruction: "", messages: [.user("hello")])) { _ in }
        }
        #expect(server.connections == 0)
        endpoint.isTrusted = true
        #expect(await ProviderModels.test().probe(endpoint).models == ["secret"])
    }
}
