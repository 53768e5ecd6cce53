import Foundation
import HTTPTypes
import Testing

/// The reference as a person reads it, and calls from it.
@Suite struct ReferencePageTests {
    @Test func everyCallIsExplainedOnce() async throws {
        try await TestServer.runSite { site in
            let visitor = Visitor(Caller(client: site.client))
            let first = try await visitor.get("/docs")
            #expect(first.status == 200 && first.text.contains("/v1/conversations/{id}/messages"))
            let links = first.text.matches(of: /href="(\/docs\/[a-z0-9-]+)#([a-z0-9_]+)"/)
            #expect(links.count == site.calls.count)
            for chapter in Set(links.map { String($0.1) }) {
                let page = try await visitor.get(chapter)
                for link in links where String(link.1) == chapter {
                    #expect(page.text.contains("id=\"\(link.2)\""), "\(chapter) has no \(link.2)")
                }
            }
            #expect(try await visitor.look("/redoc").headers[.location] == "/docs")
            #expect(try await visitor.look("/docs/nonsense").status == 404)
        }
    }

    @Test func aCallIsTriedByWhoeverIsSignedIn() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            #expect(try await visitor.look("/docs/calls/post_v1_conversations").status == 303, "to the sign-in")
            try await visitor.register("one")
            let form = try await visitor.get("/docs/calls/post_v1_conversations")
            #expect(form.text.contains("&quot;title&quot;") && form.text.contains("Idempotency-Key"))
            let made = try await visitor.submit("/docs/calls/post_v1_conversations", [("body", #"{"title":"Tried"}"#)])
            #expect(made.status == 200 && made.text.contains("201 Created"))
            #expect(made.text.contains("&quot;Tried&quot;"))
            let listed = try await visitor.submit("/docs/calls/get_v1_conversations", [("query-search", "tried")])
            #expect(listed.text.contains("200 OK") && listed.text.contains("&quot;Tried&quot;"))
            let refused = try await visitor.submit("/docs/calls/post_v1_agents", [("body", "{}")])
            #expect(refused.status == 200 && refused.text.contains("422") && refused.text.contains("VALIDATION_ERROR"))
        }
    }

    @Test func aStreamIsLookedAtForAMoment() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            try await visitor.addModel()
            let talk = try await visitor.finished(try await visitor.start("echo words"))
            let run = String(try #require(talk.text.firstMatch(of: /href="\/runs\/([0-9a-f-]+)"/)).1)
            let address = "/docs/calls/get_v1_runs_id_events"
            #expect(try await visitor.get(address).text.contains("first three seconds"))
            // Its end, when it comes in those seconds.
            try await eventually("all of it is shown") {
                let whole = try await visitor.submit(address, [("path-id", run)])
                return whole.text.contains("200 OK") && whole.text.contains("message_complete")
            }
            // This one would go on for ever.
            let own = "/docs/calls/get_v1_events"
            try await visitor.get(own)
            let began = ContinuousClock.now
            let glance = try await visitor.submit(own)
            #expect(glance.text.contains("200 OK") && ContinuousClock.now - began < .seconds(30))
        }
    }

    @Test func whatIsTypedStaysAndLeadsNowhereElse() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            let address = "/docs/calls/get_v1_agents_id"
            try await visitor.get(address)
            let empty = try await visitor.submit(address, [("path-id", "")])
            #expect(empty.status == 422 && empty.text.contains("This is needed."))
            let other = try await visitor.submit(address, [("path-id", "../users/me?x=<b>")])
            #expect(other.text.contains("404 Not Found") && other.text.contains("../users/me?x=&lt;b&gt;"))
            let forged = try await caller.call(
                .post,
                "/docs/calls/delete_v1_agents_id",
                body: "path-id=x",
                headers: [.contentType: "application/x-www-form-urlencoded"]
            )
            #expect(forged.status == 403, "a form of another site")
            let administration = try await visitor.submit("/docs/calls/get_v1_mcp_servers")
            #expect(administration.text.contains("403 Forbidden"), "with no more power than over the network")
        }
    }
}
