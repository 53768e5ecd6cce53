import Egress
import Engine
package import Fetch
import Foundation
package import Sandbox

/// How servers are reached from here: what programs may be run, and where requests may go.
package struct MCPDoor: Sendable {
    /// nil where programs are not run at all.
    private let sandbox: CodeSandbox?
    /// Folders of the programs' own, one a server.
    private let workspaces: Workspaces
    /// Absolute paths; nothing else is run.
    let programs: [String]
    /// Folders of the host that the programs may read.
    private let folders: [String]
    private let client: FetchClient
    private let addresses: AddressPolicy
    /// The way out of the programs' sandboxes.
    private let proxy: EgressProxy
    /// This program's.
    let version: String
    /// How long a server may take for each answer of its handshake.
    let patience: Duration

    package static let usualPatience = Duration.seconds(20)

    package init(
        sandbox: CodeSandbox?,
        workspaces: Workspaces,
        programs: [String],
        folders: [String],
        client: FetchClient,
        addresses: AddressPolicy,
        version: String,
        patience: Duration = MCPDoor.usualPatience
    ) {
        self.sandbox = sandbox
        self.workspaces = workspaces
        self.programs = programs
        self.folders = folders
        self.client = client
        self.addresses = addresses
        proxy = EgressProxy(addresses: addresses)
        self.version = version
        self.patience = patience
    }

    var oauth: OAuthClient { OAuthClient(client: client, addresses: addresses) }

    func open(_ server: MCPServer, source: any MCPSource) async throws -> any MCPTransport {
        guard server.isEnabled else { throw MCPFailure(.off, "\(server.name) is switched off.") }
        switch server.transport {
        case .stdio: return try await program(server)
        case .http:
            let tokens = MCPTokens(
                try await source.mcpGrant(of: server.id),
                of: server.id,
                client: oauth,
                source: source
            )
            return try HTTPTransport(server, client: client, addresses: addresses, tokens: tokens)
        }
    }

    /// What the server says to somebody without a token; nil when it lets everybody in. Throws `MCPFailure`.
    func refusal(of server: MCPServer) async throws -> String? {
        let transport = try HTTPTransport(server, client: client, addresses: addresses, tokens: nil)
        let hello = MCPMessage.request(
            id: .number(1),
            method: "initialize",
            parameters: .object([
                "protocolVersion": .string(MCPHandshake.versions[0]), "capabilities": .object([:]),
                "clientInfo": .object(["name": .string("ALMA"), "version": .string(version)]),
            ])
        )
        do {
            try await transport.send(hello) { _ in }
            await transport.close()
            return nil
        } catch let failure as MCPFailure {
            guard case .unauthorised(let header) = failure.kind else { throw failure }
            return header
        }
    }

    /// Sets aside what programs have kept whose server is gone, and deletes it a day later. When the question cannot be answered,
    /// nothing is done.
    func sweep(_ source: any MCPSource) async {
        _ = try? await workspaces.sweep { ids in
            var missing: [UUID] = []
            for id in ids where try await source.mcpServer(id) == nil { missing.append(id) }
            return missing
        }
    }

    /// Without the server's keys, which a program may have printed.
    func cleaned(_ error: any Error, of server: MCPServer) -> any Error {
        guard var failure = error as? MCPFailure else { return error }
        for (name, secret) in server.secrets where secret.reveal().utf8.count >= 4 {
            failure.message = failure.message.replacing(secret.reveal(), with: "[\(name)]")
        }
        return failure
    }

    private func program(_ server: MCPServer) async throws -> ProgramTransport {
        guard let sandbox else {
            throw MCPFailure(.connection, "This server runs no programs, because it has no sandbox.")
        }
        guard programs.contains(server.place) else {
            throw MCPFailure(
                .connection,
                "\(server.place) is not among the programs that ALMA_MCP_PROGRAMS lets this server run."
            )
        }
        do {
            // What lies in its workspace is not where it looks for its own parts, unless somebody wants that.
            let environment = ["PYTHONPATH": ""].merging(server.secrets.mapValues { $0.reveal() }) { _, own in own }
            let command = SandboxCommand([server.place] + server.arguments, environment: environment, folders: folders)
            let workspace = try workspaces.workspace(of: server.id)
            let visit = server.network.isEmpty ? nil : NetworkVisit(proxy: proxy, list: server.network)
            return ProgramTransport(
                try await sandbox.start(command, in: workspace, limits: .lasting, door: visit?.door)
            )
        } catch let error as SandboxError {
            throw MCPFailure(.connection, error.message)
        }
    }
}
