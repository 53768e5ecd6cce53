import Foundation
import HTTPTypes
import Postgres
import Testing

@testable import Web

/// Questions, pauses and messages meanwhile, as a person without scripts meets them.
@Suite(.timeLimit(.minutes(10))) struct PeoplePageTests {
    private func person(_ caller: Caller) async throws -> Visitor {
        let visitor = Visitor(caller)
        try await visitor.register("one")
        try await visitor.addModel()
        return visitor
    }

    /// Looks again until the page shows it.
    private func page(_ address: String, _ visitor: Visitor, showing words: String) async throws -> Answer {
        var page = try await visitor.get(address)
        try await eventually("the page shows \"\(words)\"") {
            if page.text.contains(words) { return true }
            page = try await visitor.get(address)
            return false
        }
        return page
    }

    @Test func aQuestionIsAFormAndItsAnswerTheResult() async throws {
        try await TestServer.run { caller in
            let visitor = try await person(caller)
            let address = try await visitor.start("ask")
            let asked = try await page(address, visitor, showing: "The agent asks you")
            #expect(asked.text.contains("Which colour?") && asked.text.contains(#"value="dark &amp; blue""#))
            #expect(!asked.text.contains(#"name="text""#), "free text is not offered")
            #expect(!asked.text.contains("http-equiv=\"refresh\""), "nothing grows while a person is asked")
            #expect(asked.text.contains("waits for your answer above"))
            let form = try #require(asked.text.firstMatch(of: /action="(\/runs\/[^"]+\/approvals\/[^"]+)"/))
            let wrong = try await visitor.submit(String(form.1), [("answer", "green")])
            #expect(wrong.status == 422 && wrong.text.contains("Choose one of the answers"))
            #expect(wrong.text.contains("Which colour?"))
            try await visitor.post(String(form.1), [("answer", "dark & blue")])
            let answered = try await page(address, visitor, showing: "told dark")
            #expect(answered.text.contains("told dark &amp; blue"))
            // Answered in another window: back to the talk.
            try await visitor.post(String(form.1), [("answer", "red")])
            #expect(visitor.address == "\(address)#end")
        }
    }

    @Test func aRunThatIsToStopAsksNothingAndThePageLooksForItsEnd() async throws {
        try await TestServer.runSite { site in
            let visitor = try await person(Caller(client: site.client))
            let address = try await visitor.start("ask")
            _ = try await page(address, visitor, showing: "The agent asks you")
            // As it is from the press of the button until a worker has taken the run up to end it.
            try await site.database.administrator.query("update runs set cancel_requested_at = now()")
            let stopping = try await visitor.get(address)
            #expect(stopping.text.contains("Stopping") && stopping.text.contains("http-equiv=\"refresh\""))
            #expect(!stopping.text.contains("The agent asks you") && !stopping.text.contains("/cancellation\""))
            let run = try #require(stopping.text.firstMatch(of: /live\?run=([0-9a-f-]+)/))
            let alone = try await visitor.get("/runs/\(run.1)")
            #expect(alone.text.contains("Stopping") && alone.text.contains("http-equiv=\"refresh\""))
            #expect(!alone.text.contains("/cancellation\""))
        }
    }

    @Test func aRunIsPausedAndResumed() async throws {
        try await TestServer.run { caller in
            let visitor = try await person(caller)
            let address = try await visitor.start("ask")
            let asked = try await page(address, visitor, showing: "The agent asks you")
            let pause = try #require(asked.text.firstMatch(of: /action="(\/runs\/[^"]+)\/pause"/))
            let paused = try await visitor.post("\(pause.1)/pause")
            #expect(paused.text.contains("Paused") && paused.text.contains("/resume\""))
            #expect(paused.text.contains("read when it goes on"))
            let resumed = try await visitor.post("\(pause.1)/resume")
            #expect(resumed.status == 200 && !resumed.text.contains("/resume\""))
            let again = try await page(address, visitor, showing: "The agent asks you")
            #expect(again.text.contains("/pause\""))
        }
    }

    @Test func whatIsWrittenMeanwhileWaitsAndIsSentOrHeld() async throws {
        try await TestServer.run { caller in
            let visitor = try await person(caller)
            let address = try await visitor.start("wait here")
            let growing = try await page(address, visitor, showing: "data-blocks")
            #expect(growing.text.contains("value=\"steer\"") && growing.text.contains("value=\"queue\""))
            #expect(growing.text.contains("\(address)?write=1#new"))
            let still = try await visitor.get("\(address)?write=1")
            #expect(!still.text.contains("http-equiv=\"refresh\"") && !still.text.contains("data-needs-script>"))
            let queued = try await visitor.post(
                "\(address)/messages",
                [("content", "echo <next>"), ("mode", "queue"), ("key", "k")]
            )
            #expect(queued.text.contains("echo &lt;next&gt;"))
            #expect(queued.text.contains("Is sent when this answer is done"))
            let steered = try await visitor.post("\(address)/messages", [("content", "hurry"), ("mode", "steer")])
            #expect(steered.text.contains("The agent reads this at its next step"))
            let stop = try #require(steered.text.firstMatch(of: /formaction="(\/runs\/[^"]+)"/))
            try await visitor.post(String(stop.1))
            let held = try await page(address, visitor, showing: "Not sent: the answer was stopped")
            #expect(!held.text.contains("http-equiv=\"refresh\""))
            let forms = held.text.matches(of: /action="(\/conversations\/[^"]+\/pending\/[^"]+)"/).map { String($0.1) }
            #expect(forms.count == 2)
            try await visitor.post(forms[1], [("action", "discard")])
            try await visitor.post(forms[0], [("action", "send")])
            let sent = try await page(address, visitor, showing: "<p>echo <!-- raw HTML omitted -->")
            #expect(!sent.text.contains("/pending/"))
        }
    }

    @Test func theStreamTellsWhatFollows() async throws {
        try await TestServer.run { caller in
            let visitor = try await person(caller)
            let address = try await visitor.start("ask")
            let asked = try await page(address, visitor, showing: "The agent asks you")
            let found = try #require(asked.text.firstMatch(of: /data-stream="([^"]+)"/))
            let stream = found.1.replacing("&amp;", with: "&")
            try await visitor.post("\(address)/messages", [("content", "be quick"), ("mode", "steer")])
            try await visitor.post("\(address)/messages", [("content", "echo next"), ("mode", "queue")])
            let form = try #require(asked.text.firstMatch(of: /action="(\/runs\/[^"]+\/approvals\/[^"]+)"/))
            try await visitor.post(String(form.1), [("answer", "red")])
            let live = try await visitor.look(String(stream))
            #expect(live.text.contains("event: said\n") && live.text.contains("be quick"))
            #expect(live.text.contains("event: pending\n") && live.text.contains("event: next\n"))
            let done = try await page(address, visitor, showing: "<p>echo next")
            // What was said into the answer stands before it, what was said after it behind.
            let wanted = ["data-said>be quick</p>", "<p>be quick", "data-said>echo next</p>"]
            let places = wanted.compactMap { done.text.firstRange(of: $0)?.lowerBound }
            #expect(places.count == 3 && places == places.sorted())
            #expect(!done.text.contains("/pending/"))
        }
    }

    @Test func theAPISaysTheSame() async throws {
        try await TestServer.run { caller in
            let program = try await caller.newcomer("one")
            try await program.addModel()
            let talk = try await program.newConversation()
            let path = "/v1/conversations/\(talk)/messages"
            let started = try await program.post(path, #"{"content":"ask"}"#, headers: [.prefer: "respond-async"])
            let run = try #require(started.string("data.run_id"))
            #expect(try await program.post(path, #"{"content":"x","mode":"shout"}"#).status == 422)
            var waiting = try await program.get("/v1/approvals")
            try await eventually("the question waits") {
                waiting = try await program.get("/v1/approvals")
                return waiting.count("data") ?? 0 > 0
            }
            #expect(waiting.string("data.0.kind") == "question" && waiting.string("data.0.run_id") == run)
            let queued = try await program.post(path, #"{"content":"echo next","mode":"queue"}"#)
            #expect(queued.status == 202 && queued.string("data.status") == "waiting")
            #expect(try await program.get("/v1/conversations/\(talk)/pending-messages").count("data") == 1)
            #expect(try await program.post("/v1/runs/\(run)/pause").string("data.state") == "paused")
            #expect(try await program.post("/v1/runs/\(run)/resume").string("data.state") == "queued")
            let call = try #require(waiting.string("data.0.call_id"))
            let answer = "/v1/runs/\(run)/approvals/\(call)"
            #expect(try await program.post(answer, #"{"decision":"approve"}"#).status == 422)
            #expect(try await program.post(answer, #"{"answer":"green"}"#).string("error.details.0.field") == "answer")
            #expect(try await program.post(answer, #"{"answer":"red"}"#).status == 202)
            #expect(try await program.post(answer, #"{"answer":"red"}"#).status == 409)
        }
    }
}
