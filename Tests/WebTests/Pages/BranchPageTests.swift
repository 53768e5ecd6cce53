import Foundation
import HTTPTypes
import Testing

@Suite struct BranchPageTests {
    @Test func aMessageIsSaidOtherwiseOnItsOwnPage() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            try await visitor.addModel()
            let address = try await visitor.start("echo first")
            let page = try await visitor.finished(address)
            let edit = String(try #require(page.text.firstMatch(of: /href="([^"]+\/edit)" data-in-place/)).1)
            #expect(try await visitor.get(edit).text.contains(">echo first</textarea>"))
            let empty = try await visitor.submit(edit, [("content", " ")])
            #expect(empty.status == 422 && empty.text.contains("There is nothing to send yet."))
            let sent = try await visitor.submit(edit, [("content", "echo second"), ("key", "k")])
            let again = try await visitor.submit(edit, [("content", "echo second"), ("key", "k")])
            #expect(sent.status == 303 && again.status == 303)
            let branched = try await visitor.finished(address)
            #expect(
                branched.text.contains("data-said>echo second</p>") && !branched.text.contains("data-said>echo first")
            )
            #expect(branched.text.contains("<span>2 / 2</span>"))
            let first = try #require(
                branched.text.firstMatch(of: /name="message" value="([^"]+)" aria-label="Previous/)
            )
            let back = try await visitor.post("\(address)/leaf", [("message", String(first.1))])
            #expect(back.text.contains("data-said>echo first</p>") && back.text.contains("<span>1 / 2</span>"))
            #expect(visitor.address == "\(address)#m-\(first.1)")
        }
    }

    @Test func anAnswerIsWrittenAnewAndBothStay() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            try await visitor.addModel()
            let address = try await visitor.start("echo once")
            let page = try await visitor.finished(address)
            let action = String(try #require(page.text.firstMatch(of: /action="([^"]+\/regeneration)"/)).1)
            let growing = try await visitor.post(action, [("agent_id", ""), ("model_id", "")])
            // The old answer gives way to the new one as it grows, which is followed like any other.
            #expect(growing.text.contains("data-stream=") || growing.text.contains("<span>2 / 2</span>"))
            let branched = try await visitor.finished(address)
            #expect(branched.text.contains("<span>2 / 2</span>"))
            #expect(branched.text.matches(of: /<p>echo once<\/p>/).count == 1)
        }
    }

    @Test func theStreamEndsWithTheVersions() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            try await visitor.addModel()
            let address = try await visitor.start("wait a little")
            let page = try await visitor.get(address)
            try await visitor.post(String(try #require(page.text.firstMatch(of: /formaction="(\/runs\/[^"]+)"/)).1))
            let stopped = try await visitor.finished(address)
            let action = String(try #require(stopped.text.firstMatch(of: /action="([^"]+\/regeneration)"/)).1)
            let growing = try await visitor.post(action)
            let busy = try await visitor.submit(action)
            #expect(busy.status == 409 && busy.text.contains("still being written"))
            try await visitor.post(String(try #require(growing.text.firstMatch(of: /formaction="(\/runs\/[^"]+)"/)).1))
            let ended = try await visitor.look(try stream(of: growing))
            #expect(ended.text.contains("event: done\n") && ended.text.contains("<span>2 / 2</span>"))
        }
    }

    @Test func aDeletionCanBeTakenBack() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            try await visitor.addModel()
            let address = try await visitor.start("echo keep")
            let page = try await visitor.finished(address)
            let action = String(try #require(page.text.firstMatch(of: /action="([^"]+\/deletion)"><input/)).1)
            let empty = try await visitor.post(action)
            #expect(!empty.text.contains("data-said") && empty.text.contains("Deleted, with what followed."))
            let undo = String(try #require(empty.text.firstMatch(of: /action="([^"]+\/restoration)"/)).1)
            let back = try await visitor.post(undo)
            #expect(back.text.contains("data-said>echo keep</p>") && !back.text.contains("/restoration"))
            #expect(try await !visitor.get("\(address)?deleted=\(UUID())").text.contains("/restoration"))
        }
    }
}

/// Where the page follows the answer that grows.
func stream(of page: Answer) throws -> String {
    let match = try #require(page.text.firstMatch(of: /data-stream="([^"]+)"/))
    return String(match.1).replacing("&amp;", with: "&")
}

extension Visitor {
    /// Follows the page's stream to its end, then loads the page.
    func finished(_ address: String) async throws -> Answer {
        let page = try await get(address)
        if page.text.contains("data-stream=") { _ = try await look(stream(of: page)) }
        return try await get(address)
    }
}
