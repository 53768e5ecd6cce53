import Testing

/// The way back from where somebody has signed in for an MCP server.
@Suite struct MCPAuthorisationTests {
    @Test func onlyWhatWasLetInIsWrittenDown() async throws {
        try await TestServer.runSite { site in
            let root = try await site.administrator()
            let body = #"{"name":"made","transport":"http","place":"https://mcp.example.org/mcp"}"#
            let made = try await root.post("/v1/mcp-servers", body)
            let id = try #require(made.string("data.server_id"), "\(made.text)")
            let way = "/admin/mcp/authorisation?state=\(id).x"
            let acts = "/v1/audit/events?action=mcp_server.authorised"
            let visitor = Visitor(root)
            try await visitor.get("/sign-in")
            try await visitor.post("/sign-in", [("email", "root@example.com"), ("password", "correct horse 9")])
            #expect(try await visitor.look("\(way)&code=refused").status == 502)
            #expect(try await visitor.head("\(way)&code=good").status == 405)
            #expect(try await root.get(acts).count("data") == 0)
            #expect(try await visitor.look("\(way)&code=good").status == 303)
            let written = try await root.get(acts)
            #expect(written.count("data") == 1 && written.string("data.0.target") == id)
        }
    }
}
