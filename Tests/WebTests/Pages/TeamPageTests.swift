import Foundation
import HTTPTypes
import Testing

/// A turn with colleagues, as its pages and the API tell of it.
@Suite struct TeamPageTests {
    private static let plan = #"""
        call plan {"tasks":[{"id":"a","title":"First part","agent":"coding","goal":"echo one","inputs":{"n":1}},
        {"id":"b","title":"Second part","agent":"web","goal":"echo two","depends_on":["a"]}]}
        """#

    @Test func aPlanIsSeenWhereItWasAskedForAndEachRunHasAPage() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            try await visitor.addModel()
            let agents = try await visitor.get("/agents")
            let orchestrator = try #require(agents.text.firstMatch(of: /href="\/agents\/([0-9a-f-]*02)"/)).1
            let home = try await visitor.submit(
                "/conversations",
                [("content", Self.plan), ("agent_id", String(orchestrator))]
            )
            let address = String(try #require(home.headers[.location]).split(separator: "#")[0])
            let first = try await visitor.get(address)
            if let stream = first.text.firstMatch(of: /data-stream="([^"]+)"/) {
                let live = try await visitor.look(String(stream.1).replacing("&amp;", with: "&"))
                #expect(live.text.components(separatedBy: "event: done\n").count == 2)
            }
            let page = try await visitor.get(address)
            #expect(page.text.contains("2 of 2 steps, 2 agents"))
            #expect(page.text.contains("First part") && page.text.contains("Write the answer"))
            let child = try #require(page.text.firstMatch(of: /href="(\/runs\/[^"]+)">Coding</)).1
            let run = try await visitor.get(String(child))
            #expect(run.text.contains("<h1>First part</h1>") && run.text.contains("echo one"))
            #expect(run.text.contains("href=\"\(address)\"") && run.text.contains(">Run of Orchestrator</a>"))
            #expect(run.text.contains("class=\"score\"") && !run.text.contains("/cancellation\""))
            // A task has no fork of its own; its turn has, and from here there is a way to it.
            let fork = String(try #require(run.text.firstMatch(of: /href="(\/runs\/[^"]+\/fork)"/)).1)
            #expect(fork != "\(child)/fork" && run.text.contains("Fork the whole turn"))
            #expect(try await visitor.get(fork).text.contains("From the beginning"))
        }
    }
}
