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
    /// The way out of the programs' sandboxes; nil where they get none, whatever people wish.
    private let proxy: EgressProxy?
    /// This program's.
    let version: String
    /// How long a server may take for each answer of its handshake.
    let patience: Duration

    package static let usualPatience = Duration.seconds(20)

    /// `givesNetwork`: whether a program may have the network that is listed for it.
    package init(
        sandbox: CodeSandbox?,
        workspaces: Workspaces,
        programs: [String],
        folders: [String],
        client: FetchClient,
        addresses: AddressPolicy,
        givesNetwork: Bool,
        version: String,
        patience: Duration = MCPDoor.usualPatience
    ) {
        self.sandbox = sandbox
        self.workspaces = workspaces
        self.programs = programs
        self.folders = folders
        self.client = client
        self.addresses = addresses
        proxy = givesNetwork ? EgressProxy(addresses: addresses, limits: .lasting) : nil
        self.version = version
        self.patience = patience
    }

    var oauth: OAuthClient { OAuthClient(client: client, addresses: addresses) }

    /// `tell` hears what the server's program wants of the network and does not get. Throws `MCPFailure`.
    func open(
        _ server: MCPServer,
        source: any MCPSource,
        tell: @escaping @Sendable (String) -> Void
    ) async throws -> any MCPTransport {
        guard server.isEnabled else { throw MCPFailure(.off, "\(server.name) is switched off.") }
        switch server.transport {
        case .stdio: return try await program(server, tell)
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
        failure.message = cleaned(failure.message, of: server)
        return failure
    }

    func cleaned(_ text: String, of server: MCPServer) -> String {
        server.secrets.reduce(text) { text, entry in
            let secret = entry.value.reveal()
            return secret.utf8.count < 4 ? text : text.replacing(secret, with: "[\(entry.key)]")
        }
    }

    /// Begins it. Throws `MCPFailure`.
    func program(
        _ server: MCPServer,
        _ tell: @escaping @Sendable (String) -> Void
    ) async throws -> ProgramTransport {
        guard let sandbox else {
            throw MCPFailure(.connection, "This server runs no programs, because it has no sandbox.")
        }
        guard programs.contains(server.place) else {
            throw MCPFailure(
                .connection,
                "\(server.place) is not among the programs that ALMA_MCP_PROGRAMS lets this server run."
            )
        }
        let visit = try visit(of: server, tell)
        do {
            // What lies in its workspace is not where it looks for its own parts, unless somebody wants that.
            let environment = ["PYTHONPATH": ""].merging(server.secrets.mapValues { $0.reveal() }) { _, own in own }
            let command = SandboxCommand([server.place] + server.arguments, environment: environment, folders: folders)
            let workspace = try workspaces.workspace(of: server.id)
            let process = try await sandbox.start(command, in: workspace, limits: .lasting, door: visit?.door)
            return ProgramTransport(process, visit)
        } catch let error as SandboxError {
            throw MCPFailure(.connection, error.message)
        }
    }

    /// nil for a program that wants no network. One that wants it and gets none is not begun: it would only fail later, and
    /// nobody would know why.
    func visit(of server: MCPServer, _ tell: @escaping @Sendable (String) -> Void) throws(MCPFailure) -> NetworkVisit? {
        guard !server.network.isEmpty else { return nil }
        guard let proxy else {
            throw MCPFailure(
                .connection,
                "\(server.name) lists hosts, and ALMA_SANDBOX_NETWORK=off gives programs no network. Empty its list to run "
                    + "it without."
            )
        }
        return NetworkVisit(proxy: proxy, list: server.network, of: .server, tell: tell)
    }
}
