import Engine
import Fetch
import Foundation
import Sandbox
import Testing

@testable import Tools

/// What programs of servers get of the network, and what is said of what they do not get.
@Suite(.timeLimit(.minutes(3))) struct DoorTests {
    private static let python = "/usr/bin/python3"

    private func door(givesNetwork: Bool, _ sandbox: CodeSandbox? = nil, in path: String = "/nowhere") -> MCPDoor {
        MCPDoor(
            sandbox: sandbox,
            workspaces: Workspaces(path: path),
            programs: [Self.python],
            folders: [],
            client: FetchClient(),
            addresses: .any,
            givesNetwork: givesNetwork,
            version: "1"
        )
    }

    private func server(_ hosts: [String], _ arguments: [String] = []) throws -> MCPServer {
        MCPServer(
            id: .v7(),
            organisationID: .v7(),
            name: "harbour",
            transport: .stdio,
            place: Self.python,
            arguments: arguments,
            network: try NetworkList(hosts)
        )
    }

    @Test func withoutANetworkNothingIsBegunThatWantsOne() throws {
        let door = door(givesNetwork: false)
        let failure = try #require(throws: MCPFailure.self) { try door.visit(of: server(["example.org"])) { _ in } }
        #expect(failure.kind == .connection && failure.message.contains("ALMA_SANDBOX_NETWORK=off"))
        let none = try door.visit(of: server([])) { _ in }
        #expect(none == nil)
    }

    @Test func whatIsListedIsGivenWhereThereIsANetwork() throws {
        let door = door(givesNetwork: true)
        let listed = try door.visit(of: server(["example.org"])) { _ in }
        let none = try door.visit(of: server([])) { _ in }
        #expect(listed != nil && none == nil)
    }

    @Test(.wantsNamespaces) func whatAProgramIsRefusedIsToldAndStandsInItsEnd() async throws {
        let path = "/tmp/alma-tools-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let door = try await door(givesNetwork: true, Bench.sandbox.value(), in: path)
        let script = "import urllib.request as u\nu.urlopen('http://example.org/')"
        let told = Locked<[String]>([])
        let transport = try await door.program(server(["example.com"], ["-c", script])) { refusal in
            told.withLock { $0.append(refusal) }
        }
        let failure = await #expect(throws: MCPFailure.self) { try await transport.listen { _ in } }
        await transport.close()
        let refusal = "example.org:80 is not on this server's list"
        #expect(told.withLock { $0 } == [refusal])
        #expect(failure?.message.contains("Its network refused: \(refusal).") == true)
    }
}
