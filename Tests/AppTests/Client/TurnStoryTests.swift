import Engine
import Testing

@testable import App

/// A turn's events become words, lines and questions.
@Suite struct TurnStoryTests {
    private static func event(
        _ type: String,
        _ data: String,
        run: String = "r",
        at second: Int = 0
    ) throws -> StreamedEvent {
        let time = "2026-11-21T10:00:0\(second).000Z"
        let text = #"{"type": "\#(type)", "data": {"run_id": "\#(run)", \#(data)}, "timestamp": "\#(time)"}"#
        return try #require(StreamedEvent(text))
    }

    private static func begin(_ name: String = "Assistant", _ more: String = "", run: String = "r") throws
        -> StreamedEvent
    {
        try event("agent_start", #""agent_name": "\#(name)"\#(more)"#, run: run)
    }

    private static func words(_ text: String, run: String = "r") throws -> StreamedEvent {
        try event("content_stream", #""content_delta": \#(JSONValue.string(text).text)"#, run: run)
    }

    private static func tell(_ events: [StreamedEvent]) -> (TurnStory, [TurnStory.Telling]) {
        var story = TurnStory(root: "r")
        let tellings = events.flatMap { story.feed($0) }
        return (story, tellings)
    }

    @Test func whatAnotherAttemptSaysAgainIsNotToldTwice() throws {
        let (story, told) = Self.tell([
            try Self.begin(), try Self.words("One\n"), try Self.words("two th"), try Self.begin(),
            try Self.words("One\ntwo "),
            try Self.words("three"),
        ])
        #expect(told == [.words("One\n"), .words("two th"), .words("ree")])
        #expect(story.answer == "One\ntwo three" && !story.isRewritten)
    }

    @Test func whatIsWrittenAnewIsToldFromItsLine() throws {
        let (story, told) = Self.tell([
            try Self.begin(), try Self.words("Kept\nlost"), try Self.begin(), try Self.words("Kept\n"),
            try Self.words("other"),
        ])
        #expect(told == [.words("Kept\nlost"), .words("\n\nother")])
        #expect(story.answer == "Kept\nother")
    }

    @Test func anAnswerThatEndsEarlierSaysSo() throws {
        let (story, _) = Self.tell([
            try Self.begin(), try Self.words("Much more"), try Self.begin(), try Self.words("Much"),
            try Self.event("message_complete", #""final_content": "Much""#),
        ])
        #expect(story.answer == "Much" && story.isRewritten)
    }

    @Test func colleaguesAreLinesAndStrangersAreNothing() throws {
        let (story, told) = Self.tell([
            try Self.begin(), try Self.words("another turn's", run: "x"),
            try Self.begin("Coding", #", "parent_run_id": "r", "task": "Task a""#, run: "c"),
            try Self.words("a colleague's", run: "c"),
            try Self.event("tool_call", #""tool_name": "calculator", "tool_input": {"expression": "1"}"#, run: "c"),
            try Self.event("tool_result", #""tool_name": "calculator", "success": false, "error": "No.""#, run: "c"),
            try Self.begin("Web", #", "parent_run_id": "x""#, run: "y"),
            try Self.event("tool_call", #""tool_name": "calculator", "tool_input": {}"#, run: "y"),
            try Self.event("run_status", #""state": "completed""#, run: "c"),
        ])
        #expect(
            told == [
                .progress("Coding: Task a"), .progress(#"Coding: → calculator {"expression":"1"}"#),
                .progress("Coding: ✗ calculator: No."),
            ]
        )
        #expect(story.answer.isEmpty && story.state == .queued)
    }

    @Test func aPlanIsToldWhenItChanges() throws {
        let one = #""call_id": "p", "tasks": [{"title": "A", "state": "running"}, {"title": "B", "state": "pending"}]"#
        let two = #""call_id": "p", "tasks": [{"title": "A", "state": "completed"}, {"title": "B", "state": "failed"}]"#
        let (_, told) = Self.tell([
            try Self.event("tool_call", #""tool_name": "plan", "tool_input": {}"#), try Self.event("plan_update", one),
            try Self.event("plan_update", one), try Self.event("plan_update", two),
        ])
        #expect(
            told == [.progress("plan: 0 of 2 done, at work on A"), .progress("plan: 1 of 2 done, failed: B")]
        )
    }

    @Test func questionsAndEnds() throws {
        let asked = #""call_id": "c", "kind": "approval", "tool_name": "t", "tool_input": {"a": 1}"#
        let (story, told) = Self.tell([
            try Self.event("approval_request", asked),
            try Self.event("error", #""error_code": "MODEL_TIMEOUT", "error_message": "It is silent.""#),
            try Self.event("run_status", #""state": "failed", "reason": "MODEL_TIMEOUT""#),
        ])
        let call = try #require(AskedCall(try JSONValue(parsing: #"{"run_id": "r", \#(asked)}"#)))
        #expect(told == [.asks(call)])
        #expect(story.state == .failed && story.failure == "It is silent. (MODEL_TIMEOUT)")
    }

    /// Streams tell what was run by run; clocks of two nodes may differ within a run.
    @Test func logsAreToldAsItHappened() throws {
        let told = try [
            (run: "c", second: 3), ("c", 4), ("r", 1), ("r", 5), ("r", 2), ("r", 6), ("d", 3),
        ].map { try Self.event("tool_call", #""n": \#($0.second)"#, run: $0.run, at: $0.second) }
        let order = StreamedEvent.inOrder(told).map { $0.run + ($0.data["n"]?.text ?? "") }
        #expect(order == ["r1", "c3", "d3", "c4", "r5", "r2", "r6"])
    }

    @Test func anotherTurnsBeginningIsKnown() throws {
        #expect(try Self.begin(run: "x").begins(anotherThan: "r"))
        #expect(try !Self.begin().begins(anotherThan: "r"))
        #expect(try !Self.begin("Web", #", "parent_run_id": "c""#, run: "d").begins(anotherThan: "r"))
    }

    @Test func aTurnIsReadWithItsColleaguesAndAColleagueAlone() throws {
        let turn = try #require(WatchedRun(try JSONValue(parsing: #"{"run_id": "r", "conversation_id": "t"}"#)))
        #expect(turn.path == "/v1/conversations/t/events" && turn.place == "r" && turn.hasPast)
        let text = #"{"run_id": "c", "conversation_id": "t", "parent_run_id": "r"}"#
        let child = try #require(WatchedRun(try JSONValue(parsing: text)))
        #expect(child.path == "/v1/runs/c/events" && child.place == nil && !child.hasPast)
        #expect(WatchedRun(.object(["run_id": .string("r")])) == nil)
    }

    @Test func onlyTheRootsEndIsTheEnd() throws {
        #expect(try Self.event("run_status", #""state": "completed""#).ends("r"))
        #expect(try !Self.event("run_status", #""state": "completed""#, run: "c").ends("r"))
        #expect(try !Self.event("run_status", #""state": "waiting""#).ends("r"))
        #expect(StreamedEvent("[1]") == nil && StreamedEvent("half a rec") == nil)
    }
}
