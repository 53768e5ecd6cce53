import Engine
import Fetch
import Foundation
import Sandbox
import Testing

@testable import Tools

/// The page reader against servers of the test's own.
@Suite struct WebFetchTests {
    private let client = FetchClient()
    private let context = ToolContext(run: .sample)

    /// With leave for this machine, which the default does not give.
    private var tool: WebFetchTool {
        WebFetchTool(
            web: WebAccess(client: client, addresses: .publicAnd { $0 == "127.0.0.1" }),
            reader: DocumentReader(sandbox: nil, workspaces: Workspaces(path: ""))
        )
    }

    private func fetch(_ url: String, _ more: [String: JSONValue] = [:]) async throws -> String {
        try await tool.perform(.object(more.merging(["url": .string(url)]) { one, _ in one }), in: context)
    }

    private func serving(_ body: String, _ headers: String = "Content-Type: text/html\r\n", status: Int = 200) throws
        -> ScriptedServer
    {
        try ScriptedServer { peer in
            while peer.request() != nil { peer.answer(status, headers, body) }
        }
    }

    @Test func aPageWithWhatItSaysOfItself() async throws {
        let server = try serving(
            "<title>T</title><meta name=author content=Ann><p>Some <b>words</b>, <a href=/x>x</a>."
        )
        #expect(
            try await fetch(server.url) == """
                Title: T
                Address: \(server.url)/
                Author: Ann

                Some **words**, [x](\(server.url)/x).
                """
        )
    }

    @Test func aPageSaysWhenItWasWritten() async throws {
        let server = try serving(
            """
            <title>T</title><meta property="article:published_time" content="2026-03-01T10:00:00Z">
            <meta property="article:modified_time" content="2026-03-02"><p>Words.
            """
        )
        let text = try await fetch(server.url)
        #expect(text.contains("\nPublished: 2026-03-01T10:00:00Z\nModified: 2026-03-02\n\nWords."), "\(text)")
    }

    @Test func aLongTextComesInParts() async throws {
        let server = try serving(
            (0..<2000).map { "line \($0)" }.joined(separator: "\n"),
            "Content-Type: text/plain\r\n"
        )
        let first = try await fetch(server.url, ["length": .number(500)])
        #expect(
            first.contains("Part: characters 0 to 500 of 18889; call web_fetch with \"offset\": 500 for what follows\n")
        )
        let last = try await fetch(server.url, ["offset": .number(18880)])
        #expect(last.hasSuffix("Part: characters 18880 to 18889 of 18889\n\nline 1999"))
        await fails("The text at \(server.url)/ has 18889 characters; the offset is behind its end.") {
            try await fetch(server.url, ["offset": .number(18889)])
        }
    }

    @Test func redirectsAreFollowedAndTold() async throws {
        let server = try ScriptedServer { peer in
            while let request = peer.request() {
                if request.head.hasPrefix("GET /end") {
                    peer.answer(200, "Content-Type: text/plain\r\n", "there")
                } else {
                    peer.answer(302, "Location: /end\r\n", "")
                }
            }
        }
        #expect(try await fetch(server.url) == "Address: \(server.url)/end\n\nthere")
    }

    @Test func refusalsSayWhy() async throws {
        let gone = try serving("<p>Nothing  here", status: 404)
        await fails("The server answered with status 404 at \(gone.url)/. It says: Nothing here") {
            try await fetch(gone.url)
        }
        let file = try serving("%PDF-1.7", "Content-Type: application/pdf\r\n")
        await fails(
            "This server has no sandbox, so it runs no programs that could read this; its log says why."
        ) { try await fetch(file.url) }
        let empty = try serving("<script>x()</script>")
        await fails(
            "There is no text at \(empty.url)/. The page may be made by scripts in a browser, which this tool does not run."
        ) { try await fetch(empty.url) }
    }

    @Test(arguments: [
        "http://127.0.0.1", "http://localhost", "http://127.1", "http://2130706433", "http://0x7f000001",
        "http://0177.0.0.1", "http://[::1]", "http://[::ffff:127.0.0.1]", "http://[::ffff:7f00:1]", "http://0",
        "http://127。0。0。1", "http://ⓛocalhost",
    ])
    func noWayIntoThisMachineByItself(address: String) async throws {
        let server = try serving("secret")
        let tool = WebFetchTool(
            web: WebAccess(client: client, addresses: .publicOnly),
            reader: DocumentReader(sandbox: nil, workspaces: Workspaces(path: ""))
        )
        let input = JSONValue.object(["url": .string("\(address):\(server.port)/")])
        await #expect(throws: ToolFailure.self) { try await tool.perform(input, in: context) }
        #expect(server.connections == 0)
    }

    @Test(arguments: [
        "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/", "http://[fd00::1]/", "http://[fe80::1]/",
    ])
    func noWayIntoOtherNetworks(address: String) async throws {
        await fails("This address leads into a private or local network, where the tools of this server may not go.") {
            try await fetch(address)
        }
    }

    @Test func noWayThereByARedirect() async throws {
        let inner = try serving("secret")
        let port = inner.port
        let outer = try ScriptedServer { peer in
            while peer.request() != nil { peer.answer(302, "Location: http://127.0.0.2:\(port)/\r\n", "") }
        }
        await fails("This address leads into a private or local network, where the tools of this server may not go.") {
            try await fetch(outer.url)
        }
        #expect(inner.connections == 0)
    }

    @Test(arguments: [
        "file:///etc/passwd", "ftp://127.0.0.1/", "http://user:word@127.0.0.1/", "http://", "gopher://x/",
    ])
    func onlyWebAddresses(address: String) async throws {
        let failure = await #expect(throws: ToolFailure.self) { try await fetch(address) }
        #expect(failure?.message.hasPrefix("This is not an address that can be fetched") == true)
    }

    @Test(arguments: [
        ("example.org/a", "https://example.org/a"), (" http://例.cn/文 x?q=é#f ", "http://例.cn/%E6%96%87%20x?q=%C3%A9#f"),
        ("http://a", "http://a"), ("http://a/%20b", "http://a/%20b"),
    ])
    func addressesAsPeopleWriteThem(written: String, complete: String) {
        #expect(WebAccess.completed(written) == complete)
    }

    private func fails(_ message: String, _ body: () async throws -> String) async {
        await #expect(throws: ToolFailure(message)) { try await body() }
    }
}
