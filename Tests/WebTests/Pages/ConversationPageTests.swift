import Foundation
import HTTPTypes
import Testing

@Suite struct ConversationPageTests {
    @Test func aMessageBecomesAConversationWithItsAnswer() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            try await visitor.addModel()
            let address = try await visitor.start("echo **bold** <script>alert(1)</script>")
            let page = try await visitor.finished(address)
            #expect(page.text.contains("<strong>bold</strong>"))
            #expect(page.text.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && !page.text.contains("<script>"))
            #expect(page.text.contains("10 in,") && page.text.contains("<li>large</li>"))
            #expect(!page.text.contains("http-equiv=\"refresh\""))
            #expect(try await visitor.get("/").text.contains("href=\"\(address)\""))
            #expect(try await visitor.get("/conversations?q=bold").text.contains("href=\"\(address)\""))
            #expect(try await visitor.get("/conversations?q=no+such+%3Cb%3E").text.contains("“no such &lt;b&gt;”"))
        }
    }

    @Test func theSameFormIsOneConversationHoweverOftenItIsSent() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            let home = try await visitor.get("/")
            let key = String(try #require(home.text.firstMatch(of: /name="key" value="([^"]+)"/)).1)
            let fields = [("content", "say it once"), ("key", key)]
            let first = try await visitor.submit("/conversations", fields)
            let second = try await visitor.submit("/conversations", fields)
            #expect(first.status == 303 && first.headers[.location] == second.headers[.location])
            #expect(try await visitor.get("/conversations").text.matches(of: />say it once</).count == 1)
            // Other words are another message, even if the browser has kept the old key.
            let other = try await visitor.submit("/conversations", [("content", "say more"), ("key", key)])
            #expect(other.status == 303 && other.headers[.location] != first.headers[.location])
        }
    }

    @Test func theGrowingAnswerIsFollowedAndSurvivesAReload() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            try await visitor.addModel()
            let address = try await visitor.start("wait for me")
            let page = try await visitor.get(address)
            #expect(page.text.contains("<meta http-equiv=\"refresh\" content=\"2"))
            #expect(page.text.contains("data-blocks") && page.text.contains("formaction=\"/runs/"))
            let busy = try await visitor.submit("\(address)/messages", [("content", "and another & more")])
            #expect(busy.status == 409 && busy.text.contains("still being written"))
            #expect(
                busy.text.contains(">and another &amp; more</textarea>")
                    && !busy.text.contains("http-equiv=\"refresh\"")
            )
            let run = try #require(page.text.firstMatch(of: /formaction="(\/runs\/[^"]+)"/))
            try await visitor.post(String(run.1), [("content", "typed meanwhile")])
            let stopped = try await visitor.finished(address)
            #expect(stopped.text.contains("Stopped.") && stopped.text.contains("/retry\""))
        }
    }

    @Test func theStreamSendsBlocksAndThenTheFinishedMessage() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            try await visitor.addModel()
            let address = try await visitor.start("echo one two three")
            let page = try await visitor.get(address)
            let run = try #require(
                page.text.firstMatch(of: /run="?([0-9a-f-]{36})/).map { String($0.1) }
            )
            let all = try await visitor.look("\(address)/live?run=\(run)&after=0")
            #expect(all.headers[.contentType]?.hasPrefix("text/event-stream") == true)
            #expect(all.text.contains("event: block\n") && all.text.contains("one two three"))
            #expect(all.text.components(separatedBy: "event: done\n").count == 2)
            let last = try #require(all.text.matches(of: /id: (\d+)/).last.flatMap { Int($0.1) })
            let resumed = try await visitor.look(
                "\(address)/live?run=\(run)",
                headers: [HTTPField.Name("Last-Event-ID")!: "\(last)"]
            )
            #expect(!resumed.text.contains("event: block\n") && resumed.text.contains("event: done\n"))
            let middle = try await visitor.look("\(address)/live?run=\(run)&after=3")
            #expect(middle.text.contains("one two three") && middle.text.contains("event: done\n"))
        }
    }

    @Test func theRailIsTakenAlongWhenTheAnswerEnds() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            try await visitor.addModel()
            let other = try await visitor.start("wait elsewhere")
            let address = try await visitor.start("wait here")
            let page = try await visitor.get(address)
            #expect(page.text.contains("<h2>Running</h2>") && page.text.contains("data-talks"))
            let run = try #require(page.text.firstMatch(of: /formaction="(\/runs\/[^"]+)"/))
            try await visitor.post(String(run.1))
            let ended = try await visitor.look(stream(of: page))
            let talks = try #require(ended.text.firstMatch(of: /event: talks\ndata: (.+)/)).1
            // What is at work elsewhere stays where it was; this one is among those of today.
            let groups = talks.components(separatedBy: "<h2>")
            #expect(groups.count == 3 && groups[1].contains(other) && !groups[1].contains(address))
            #expect(groups[2].contains(address) && groups[2].contains("aria-current"))
        }
    }

    @Test func aFailedAnswerSaysWhyAndCanBeTriedAgain() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            try await visitor.addModel()
            let address = try await visitor.start("fail now")
            let page = try await visitor.finished(address)
            #expect(page.text.contains("So far") && page.text.contains("The connection to the provider broke off"))
            let retry = try #require(page.text.firstMatch(of: /action="(\/runs\/[^"]+\/retry)"/))
            let again = try await visitor.post(String(retry.1))
            #expect(again.status == 200 && visitor.address == "\(address)#end")
            let second = try await visitor.finished(address)
            #expect(second.text.components(separatedBy: "/retry\"").count == 2)
        }
    }

    /// However long ago it was, and whichever page it has come to stand on.
    @Test func everyFailedAnswerThatIsShownSaysWhy() async throws {
        try await TestServer.run { caller in
            let program = try await caller.newcomer("one")
            try await program.addModel()
            let id = try await program.newConversation()
            for number in 1...55 {
                _ = try await program.post("/v1/conversations/\(id)/messages", #"{"content":"fail \#(number)"}"#)
                // A provider that does nothing but fail is not asked any more.
                guard number % 4 == 0 else { continue }
                _ = try await program.post("/v1/conversations/\(id)/messages", #"{"content":"well"}"#)
            }
            // The last one fails before its first word, so that pages begin with an answer and end with a question.
            let provider = try await program.get("/v1/llm-configs").string("data.0.llm_id") ?? ""
            _ = try await program.delete("/v1/llm-configs/\(provider)")
            _ = try await program.post("/v1/conversations/\(id)/messages", #"{"content":"last"}"#)
            let visitor = Visitor(caller)
            try await visitor.get("/sign-in")
            try await visitor.post("/sign-in", [("email", "one@example.com"), ("password", "correct horse 9")])
            var (address, answers) = ("/conversations/\(id)", 0)
            while true {
                let page = try await visitor.get(address)
                let texts = page.text.matches(of: />So far/).count
                #expect(page.text.matches(of: /The connection to the provider broke off/).count == texts)
                #expect(page.text.matches(of: /class="run"/).count == texts + (answers == 0 ? 1 : 0))
                answers += texts
                guard let older = page.text.firstMatch(of: /href="(\/conversations\/[^"]+\?before=[^"#]+)/) else {
                    break
                }
                address = String(older.1)
            }
            #expect(answers == 55)
        }
    }

    @Test func withoutAModelTheAnswerSaysSo() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            #expect(try await visitor.get("/").text.contains("No model is set up yet."))
            let address = try await visitor.start("hello")
            #expect(try await visitor.finished(address).text.contains("No model is set up for this agent."))
        }
    }

    @Test func nothingIsLostWhenAMessageCannotBeSent() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            try await visitor.get("/")
            let empty = try await visitor.submit("/conversations", [("content", " \n ")])
            #expect(empty.status == 422 && empty.text.contains("There is nothing to send yet."))
            let long = String(repeating: "ab ", count: 40_000)
            let tooLong = try await visitor.submit("/conversations", [("content", long)])
            #expect(tooLong.status == 422 && tooLong.text.contains(">\(long)</textarea>"))
            let gone = try await visitor.submit(
                "/conversations",
                [("content", "hello"), ("agent_id", UUID().uuidString)]
            )
            #expect(gone.status == 422 && gone.text.contains(">hello</textarea>"))
            #expect(try await visitor.get("/conversations").text.contains("No conversations yet"))
        }
    }

    @Test func nobodySeesAnothersConversation() async throws {
        try await TestServer.run { caller in
            let owner = Visitor(caller)
            try await owner.register("one")
            try await owner.addModel()
            let address = try await owner.start("echo secret")
            let page = try await owner.finished(address)
            #expect(page.text.contains("secret"))
            let other = Visitor(caller)
            try await other.register("two")
            for path in [address, "\(address)/edit", "\(address)/deletion", "\(address)/live?run=\(UUID().uuidString)"]
            {
                #expect(try await other.look(path).status == 404, "\(path)")
            }
            for path in ["\(address)/messages", "\(address)/edit", "\(address)/deletion", address] {
                let fields = [("content", "x"), ("title", "x"), ("pinned", "1")]
                #expect(try await other.submit(path, fields).status == 404, "\(path)")
            }
        }
    }

    @Test func renamingPinningArchivingDeleting() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            let address = try await visitor.start("hello")
            _ = try await visitor.finished(address)
            let empty = try await visitor.submit("\(address)/edit", [("title", " "), ("tags", "a, b")])
            #expect(
                empty.status == 422 && empty.text.contains("Give it a title.") && empty.text.contains("value=\"a, b\"")
            )
            let renamed = try await visitor.post("\(address)/edit", [("title", "A & B"), ("tags", "队列，故障, 队列")])
            #expect(renamed.text.contains("<h1 data-title>A &amp; B</h1>"))
            #expect(renamed.text.contains("<span class=\"tag\">队列</span><span class=\"tag\">故障</span></span>"))
            #expect(try await visitor.post(address, [("pinned", "1")]).text.contains("name=\"pinned\" value=\"0\""))
            try await visitor.post(address, [("archived", "1")])
            #expect(try await !visitor.get("/conversations").text.contains("A &amp; B"))
            #expect(try await visitor.get("/conversations?archived=1").text.contains("A &amp; B"))
            let question = try await visitor.get("\(address)/deletion")
            #expect(question.text.contains("Delete “A &amp; B”?") && question.text.contains("Keep it"))
            try await visitor.post("\(address)/deletion")
            #expect(try await visitor.look(address).status == 404)
        }
    }

    @Test func longListsAndLongTalksGoOnWithOlderOnes() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            let first = try await visitor.start("number 0")
            _ = try await visitor.finished(first)
            for number in 1...30 { _ = try await visitor.start("number \(number)") }
            let newest = try await visitor.get("/conversations")
            #expect(newest.text.contains(">number 30</a>") && !newest.text.contains(">number 0</a>"))
            let older = try #require(newest.text.firstMatch(of: /rel="next" href="([^"]+)"/)).1
            let rest = try await visitor.get(String(older))
            #expect(rest.text.contains(">number 0</a>") && !rest.text.contains(">number 30</a>"))
            #expect(rest.text.contains("href=\"/conversations\">") && !rest.text.contains("rel=\"next\""))

            for number in 1...41 {
                try await visitor.post(
                    "\(first)/messages",
                    [("content", "line \(number)."), ("key", UUID().uuidString)]
                )
                _ = try await visitor.finished(first)
            }
            let talk = try await visitor.get(first)
            #expect(talk.text.contains(">line 41.</p>") && !talk.text.contains(">line 1.</p>"))
            let before = try #require(talk.text.firstMatch(of: /href="(\/conversations\/[^"]+\?before=[^"#]+)/)).1
            let beginning = try await visitor.get(String(before))
            #expect(beginning.text.contains(">line 1.</p>") && !beginning.text.contains(">line 41.</p>"))
            #expect(beginning.text.contains("Newest messages") && !beginning.text.contains("Older messages"))
        }
    }
}
