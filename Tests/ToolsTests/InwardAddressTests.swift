import Egress
import Engine
import Fetch
import Foundation
import Providers
import Sandbox
import Testing

@testable import Tools

/// Every spelling of an address that lies inside, in every place that takes an address from a model or from a person who does
/// not run the server. Names are the test's own, and so is the server that redirects.
@Suite(.timeLimit(.minutes(2))) struct InwardAddressTests {
    /// A host as it stands in a URL; it leads to 127.0.0.1 or another address that is not public.
    static let hosts = [
        "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "0",
        "0.0.0.0",
        "localhost", "LOCALHOST", "localhost.", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[fe80::1]",
        "[fd00::1]", "10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255", "inside.test", "inside.test.", "mapped.test", "translated.test", "several.test",
        "127.0.0.1.nip.test", "%31%32%37.0.0.1", "ⓛocalhost", "127。0。0。1", "１２７.0.0.1",
    ]

    /// URLs in which one reader sees another host than the next.
    static let doubtful = [
        "http://public.test@127.0.0.1:PORT/", "http://127.0.0.1:PORT@public.test/",
        "http://public.test\\@127.0.0.1:PORT/",
        "http://127.0.0.1:PORT\\@public.test/", "http://public.test#@127.0.0.1:PORT/", "http:///127.0.0.1:PORT/",
        "http:127.0.0.1:PORT/", "//127.0.0.1:PORT/", "http://public.test:80:PORT/", "http://[::1%25lo]:PORT/",
        "http://127.0.0.1%00.public.test:PORT/", "http://127.0.0.1 .public.test:PORT/", "http://127.0.0.1\t:PORT/",
        "file:///etc/passwd", "gopher://127.0.0.1:PORT/", "dict://127.0.0.1:PORT/", "ftp://127.0.0.1:PORT/",
    ]

    /// Nobody answers at what `public.test` is.
    private static let names: [String: [String]] = [
        "inside.test": ["127.0.0.1"], "mapped.test": ["::ffff:127.0.0.1"], "translated.test": ["64:ff9b::7f00:1"],
        "several.test": ["10.0.0.1", "127.0.0.1", "fd00::1"], "127.0.0.1.nip.test": ["127.0.0.1"],
        "public.test": ["192.0.2.1"],
    ]

    private static func addresses(of host: String) -> [String]? {
        names[host.hasSuffix(".") ? String(host.dropLast()) : host]
    }

    private let client = FetchClient(names: { host in addresses(of: host) })
    private let context = ToolContext(run: .sample)

    /// What is behind the address, which nobody may see.
    private func secret() throws -> ScriptedServer {
        try ScriptedServer { peer in
            while peer.request() != nil { peer.answer(200, "Content-Type: text/plain\r\n", "secret of ours") }
        }
    }

    @Test(arguments: hosts) func toolsDoNotGoInside(host: String) async throws {
        let server = try secret()
        try await refused("http://\(host):\(server.port)/")
        #expect(server.connections == 0)
    }

    @Test(arguments: doubtful) func toolsAreNotTalkedIntoIt(form: String) async throws {
        let server = try secret()
        try await refused(form.replacing("PORT", with: "\(server.port)"))
        #expect(server.connections == 0)
    }

    private func refused(_ url: String) async throws {
        let web = WebAccess(client: client, addresses: .publicOnly)
        let tools: [any Tool] = [
            WebFetchTool(web: web, reader: DocumentReader(sandbox: nil, workspaces: Workspaces(path: ""))),
            APIRequestTool(web: web, secrets: NoSecrets()),
        ]
        for tool in tools {
            let failure = await #expect(throws: ToolFailure.self, "\(tool.specification.name) \(url)") {
                try await tool.perform(.object(["url": .string(url)]), in: context)
            }
            #expect(failure?.message.contains("secret of ours") == false)
        }
        try await refusedToMakers(url)
        try await refusedToServers(url)
        await refusedToGrants(url)
        var endpoint = ProviderEndpoint(kind: .custom, baseURL: url)
        endpoint.isTrusted = false
        let models = ProviderModels(client: client, environment: [:])
        #expect(await models.probe(endpoint).failure != nil, "provider \(url)")
    }

    /// A tool that somebody has made of the address: not to be had, or of no use.
    private func refusedToMakers(_ url: String) async throws {
        let definition = JSONValue.object(["url": .string(url)])
        let failure = await #expect(throws: ToolFailure.self, "custom tool \(url)") {
            try await Self.made(definition, WebAccess(client: client, addresses: .publicOnly))
                .perform(.object([:]), in: context)
        }
        #expect(failure?.message.contains("secret of ours") == false)
    }

    private static func made(_ definition: JSONValue, _ web: WebAccess) throws -> any Tool {
        let specification = ToolSpecification(
            name: "look_up",
            description: "Looks up.",
            schema: #"{"type":"object","properties":{"place":{}}}"#,
            level: .readOnly,
            effect: .idempotent
        )
        let kept = KeptTool(id: .v7(), type: "http", specification: specification, definition: definition)
        return try HTTPToolMaker(web: web, secrets: NoSecrets()).tool(kept)
    }

    /// An MCP server whose address was written by nobody who runs this one.
    private func refusedToServers(_ url: String) async throws {
        let server = MCPServer(id: .v7(), organisationID: .v7(), name: "harbour", transport: .http, place: url)
        let hello = MCPMessage.request(id: .number(1), method: "initialize", parameters: nil)
        let failure = await #expect(throws: MCPFailure.self, "MCP server \(url)") {
            try await HTTPTransport(server, client: client, addresses: .publicOnly, tokens: nil).send(hello) { _ in }
        }
        #expect(failure?.message.contains("secret of ours") == false)
    }

    /// What an MCP server, or whoever it names for signing in, names further.
    private func refusedToGrants(_ url: String) async {
        let oauth = OAuthClient(client: client, addresses: .publicOnly)
        var grant = MCPGrant(tokenEndpoint: url, clientID: "us", clientSecret: nil, resource: "http://public.test/")
        grant.refreshToken = Secret("of ours")
        let given = grant
        await #expect(throws: MCPFailure.self, "token endpoint \(url)") { try await oauth.renewed(given) }
        let way = MCPAuthorisation(
            state: "s",
            verifier: Secret("v"),
            challenge: "c",
            redirectURI: "http://public.test/"
        )
        for place in ["http://public.test/", url] {
            let server = MCPServer(id: .v7(), organisationID: .v7(), name: "harbour", transport: .http, place: place)
            await #expect(throws: MCPFailure.self, "metadata \(url)") {
                _ = try await oauth.begin(server, refusal: #"Bearer resource_metadata="\#(url)""#, way)
            }
        }
    }

    /// What a call brings stands in the path or behind it, never in the host.
    @Test(arguments: ["@127.0.0.1:PORT/", "127.0.0.1:PORT", "/../../", "#@inside.test:PORT/", "\r\nHost: inside.test"])
    func whatACallBringsDoesNotChangeTheHost(value: String) async throws {
        let server = try secret()
        let outer = try ScriptedServer { peer in while peer.request() != nil { peer.answer(200, "", "outer") } }
        let web = WebAccess(client: client, addresses: .publicAnd { $0 == "127.0.0.1" })
        let tool = try Self.made(.object(["url": .string(outer.url + "/at/{{input.place}}?q={{input.place}}")]), web)
        let place = value.replacing("PORT", with: "\(server.port)")
        _ = try? await tool.perform(.object(["place": .string(place)]), in: context)
        #expect(server.connections == 0)
        #expect(throws: (any Error).self) {
            try Self.made(.object(["url": .string("http://{{input.place}}/")]), web)
        }
    }

    /// Neither a tool of people's nor an MCP server is followed inside.
    @Test(arguments: [301, 307, 308]) func othersDoNotLeadInsideEither(status: Int) async throws {
        let server = try secret()
        let port = server.port
        let outer = try ScriptedServer { peer in
            while peer.request() != nil { peer.answer(status, "Location: http://inside.test:\(port)/\r\n", "") }
        }
        let names = FetchClient(names: { $0 == "inside.test" ? ["127.0.0.2"] : nil })
        let addresses = AddressPolicy.publicAnd { $0 == "127.0.0.1" }
        let tool = try Self.made(.object(["url": .string(outer.url)]), WebAccess(client: names, addresses: addresses))
        await #expect(throws: ToolFailure.self) { try await tool.perform(.object([:]), in: context) }
        let remote = MCPServer(id: .v7(), organisationID: .v7(), name: "harbour", transport: .http, place: outer.url)
        let hello = MCPMessage.request(id: .number(1), method: "initialize", parameters: nil)
        await #expect(throws: MCPFailure.self) {
            try await HTTPTransport(remote, client: names, addresses: addresses, tokens: nil).send(hello) { _ in }
        }
        #expect(outer.connections > 0 && server.connections == 0)
    }

    /// The request that passes is not the one that decides: each hop is looked at.
    @Test(arguments: [301, 302, 303, 307, 308]) func redirectsDoNotLeadInside(status: Int) async throws {
        let server = try secret()
        let port = server.port
        for target in [
            "http://inside.test:\(port)/", "http://127.0.0.2:\(port)/", "//[::1]:\(port)/",
            "http://0x7f000002:\(port)/",
        ] {
            let outer = try ScriptedServer { peer in
                while peer.request() != nil { peer.answer(status, "Location: \(target)\r\n", "") }
            }
            // The redirecting server itself may be reached, and nothing else.
            let names = FetchClient(names: { host in
                host == "inside.test" ? ["127.0.0.2"] : nil
            })
            let web = WebAccess(client: names, addresses: .publicAnd { $0 == "127.0.0.1" })
            await #expect(throws: ToolFailure.self, "\(target)") {
                try await WebFetchTool(web: web, reader: DocumentReader(sandbox: nil, workspaces: Workspaces(path: "")))
                    .perform(.object(["url": .string(outer.url)]), in: context)
            }
            #expect(outer.connections == 1)
        }
        #expect(server.connections == 0)
    }

    /// A name that is public when it is first asked for and private the next time.
    @Test func aNameThatChangesItsMindDoesNotLeadInside() async throws {
        let server = try secret()
        let port = server.port
        let asked = Counter()
        let client = FetchClient(names: { host in
            asked.increment()
            return host == "turns.test" ? [asked.value == 1 ? "127.0.0.1" : "127.0.0.2"] : nil
        })
        let outer = try ScriptedServer { peer in
            while peer.request() != nil { peer.answer(302, "Location: http://turns.test:\(port)/\r\n", "") }
        }
        let web = WebAccess(client: client, addresses: .publicAnd { $0 == "127.0.0.1" })
        await #expect(throws: ToolFailure.self) {
            try await WebFetchTool(web: web, reader: DocumentReader(sandbox: nil, workspaces: Workspaces(path: "")))
                .perform(
                    .object(["url": .string("http://turns.test:\(outer.port)/")]),
                    in: context
                )
        }
        #expect(outer.connections == 1 && server.connections == 0)
    }

    /// The operator chose where searches go; where that service then wants them to go, they do not.
    @Test func aSearchServiceCannotSendSearchesOn() async throws {
        let server = try secret()
        let port = server.port
        let outer = try ScriptedServer { peer in
            while peer.request() != nil { peer.answer(302, "Location: http://127.0.0.1:\(port)/\r\n", "") }
        }
        let service = SearchService(.searxng, url: outer.url)
        let tool = WebSearchTool(
            configured: service,
            choices: FixedChoice(),
            web: WebAccess(client: client, addresses: .publicOnly).anywhere
        )
        await #expect(throws: ToolFailure.self) {
            try await tool.perform(.object(["query": .string("x")]), in: context)
        }
        #expect(server.connections == 0)
    }
}

private struct NoSecrets: ToolSecretSource {
    func toolSecrets(by principal: Principal) async throws -> [ToolSecret] { [] }
    func value(of secret: ToolSecret, by principal: Principal) async throws -> Secret? { nil }
}
