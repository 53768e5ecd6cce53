import Engine
import Foundation
import Testing

@testable import Web

@Suite struct LiveTests {
    private func event(_ sequence: Int64, _ kind: RunEvent.Kind, _ data: String) -> RunEvent {
        RunEvent(sequence: sequence, kind: kind, data: data, timestamp: Date())
    }

    private func text(_ sequence: Int64, _ delta: String) -> RunEvent {
        event(sequence, .contentStream, "{\"content_delta\":\(LiveFrame.json(delta))}")
    }

    @Test func theTextIsWhatFollowsTheLastBeginning() {
        var answer = LiveAnswer()
        answer.feed(event(1, .agentStart, "{}"))
        answer.feed(text(2, "lost"))
        answer.feed(event(3, .agentStart, "{}"))
        answer.feed(text(4, "kept "))
        answer.feed(text(5, "whole"))
        #expect(answer.text == "kept whole" && answer.sequence == 5 && answer.beginnings == 2)
    }

    @Test func callsAndStates() throws {
        var live = try Fixtures.samples(.english).live
        let (voice, run) = (try Fixtures.voice(), UUID.v7())
        #expect(live.attempt == 2 && live.state == .running)
        #expect(live.calls.map(\.isDone) == [true, true, false, false, false])
        let line = live.mood().line(run: run, csrf: "token", voice: voice)
        #expect(line.word == "Waits for you" && line.detail == "Attempt 2: the one before was cut short")
        for call in ["3", "4", "5"] { live.feed(event(10, .approvalResolved, #"{"call_id":"\#(call)"}"#)) }
        #expect(live.mood().line(run: run, csrf: "token", voice: voice).word == "At work")
        #expect(live.mood(isPersonAsked: true).line(run: run, csrf: "token", voice: voice).word == "Waits for you")
        for call in ["3", "4", "5"] { live.feed(event(11, .toolResult, #"{"call_id":"\#(call)"}"#)) }
        #expect(live.mood().line(run: run, csrf: "token", voice: voice).word == "Writing")
        // It rests for its colleagues, who are at work.
        live.feed(event(12, .runStatus, #"{"state":"waiting","reason":"child"}"#))
        #expect(live.mood().line(run: run, csrf: "token", voice: voice).word == "At work")
        live.feed(event(13, .runStatus, #"{"state":"paused"}"#))
        #expect(live.mood(isPersonAsked: true).line(run: run, csrf: "token", voice: voice).word == "Paused")
        // A wish that the log does not know yet.
        let stopping = live.mood(isPersonAsked: true, isStopping: true)
        #expect(stopping.line(run: run, csrf: "token", voice: voice).word == "Stopping")
    }

    @Test func whatFinishedStepsHaveSaidStaysWhereItIs() {
        var answer = LiveAnswer()
        var live = LiveText()
        answer.feed(event(1, .agentStart, "{}"))
        answer.feed(text(2, "First."))
        _ = live.advance(to: answer)
        answer.feed(event(3, .usage, #"{"step":1}"#))
        for round in 0..<3 {
            let place = Int64(4 + round * 3)
            answer.feed(event(place, .agentStart, #"{"steps_kept":1}"#))
            #expect(live.advance(to: answer) == nil)
            answer.feed(text(place + 1, "First."))
            #expect(live.advance(to: answer) == nil && answer.text == "First.")
        }
        answer.feed(text(20, "\n\nSecond."))
        let change = live.advance(to: answer)
        #expect(change?.isReset == false && change?.blocks.last?.contains("Second.") == true)
        // What an attempt has said after its last step goes with it.
        answer.feed(event(21, .agentStart, #"{"steps_kept":1}"#))
        #expect(answer.text == "First." && live.advance(to: answer)?.isReset == true)
    }

    @Test(arguments: [
        ("provider_busy: Atlas", "Atlas has as many calls as it may; waiting for a place"),
        ("fallback: Atlas", "Asking Atlas instead"),
        ("without_tools: Atlas", "Atlas cannot use tools; it answers without them"),
        ("tools_withdrawn: bad_calls", "It has no tools any more and answers with what it has"),
        ("agent_replaced", "The agent is switched off; the assistant answers in its place"),
    ])
    func whyItIsNotSimplyAtWorkIsSaidUntilThereAreWords(reason: String, words: String) throws {
        var answer = LiveAnswer()
        answer.feed(event(1, .runStatus, #"{"state":"running","attempt":1,"reason":"\#(reason)"}"#))
        answer.feed(event(2, .agentStart, "{}"))
        #expect(answer.mood().line(run: .v7(), csrf: "token", voice: try Fixtures.voice()).detail == words)
        answer.feed(text(3, "Well"))
        #expect(answer.mood().line(run: .v7(), csrf: "token", voice: try Fixtures.voice()).detail == nil)
    }

    @Test func aPageThatAppliesAllChangesShowsTheWholeText() {
        var answer = LiveAnswer()
        var live = LiveText()
        var page: [String] = []
        let parts = [
            "# Ti", "tle\n\nOne ", "*two*", "\n\n```swift\nlet a", " = 1\n```\n\n- x\n", "- y\n\n<b>raw</b>\n\nend",
        ]
        answer.feed(event(1, .agentStart, "{}"))
        for (index, part) in parts.enumerated() {
            answer.feed(text(Int64(index + 2), part))
            if let change = live.advance(to: answer) {
                if change.isReset { page = [] }
                page.replaceSubrange(change.first..., with: change.blocks)
            }
        }
        answer.feed(event(20, .runStatus, #"{"state":"completed"}"#))
        if let change = live.advance(to: answer) { page.replaceSubrange(change.first..., with: change.blocks) }
        #expect(page == live.blocks)
        #expect(page.first?.contains("<h1>Title</h1>") == true)
        #expect(page.allSatisfy { $0.hasPrefix("<") && !$0.hasPrefix("<!") })
        #expect(live.advance(to: answer) == nil)
    }

    @Test func aNewAttemptResetsThePage() {
        var answer = LiveAnswer()
        var live = LiveText()
        answer.feed(event(1, .agentStart, "{}"))
        answer.feed(text(2, "one"))
        _ = live.advance(to: answer)
        answer.feed(event(3, .agentStart, "{}"))
        #expect(live.advance(to: answer) == LiveText.Change(isReset: true, first: 0, blocks: []))
        answer.feed(text(4, "two"))
        #expect(live.advance(to: answer)?.blocks.first?.contains("two") == true)
    }

    @Test func whatThePageHasIsReplayedInSilence() {
        let board = LiveBoard(known: 3)
        board.feed([event(1, .agentStart, "{}"), event(2, .runStatus, #"{"state":"running"}"#), text(3, "seen")])
        let first = board.take()
        #expect(first.text == nil && first.line == nil && first.tree == nil)
        board.feed([text(4, " and new")])
        let second = board.take()
        #expect(second.sequence == 4 && second.text?.first == 0 && second.text?.isReset == false)
        #expect(second.text?.blocks.joined().contains("seen and new") == true)
        #expect(board.take().text == nil && !board.isOver)
        board.feed([event(5, .runStatus, #"{"state":"cancelled"}"#)])
        #expect(board.isOver && board.sequence == 5)
    }

    @Test func theNewestDrawingIsShownOnce() {
        let board = LiveBoard(known: 0)
        board.feed([event(1, .runStatus, #"{"state":"running"}"#), event(2, .toolCall, #"{"call_id":"1"}"#)])
        #expect(board.hasCalls)
        _ = board.take()
        board.show(.init(tree: "one", questions: "q", isPersonAsked: true))
        board.show(.init(tree: "two", questions: nil, isPersonAsked: true))
        let change = board.take()
        #expect(change.tree == "two" && change.questions == "q" && change.line?.isPersonAsked == true)
        #expect(board.take().tree == nil && board.take().line == nil)
        // Whoever takes it up to end it says that it runs; that somebody wants it to stop is no event.
        board.show(.init(tree: "three", isPersonAsked: false, isStopping: true))
        #expect(board.take().line?.state == .stopping)
        board.feed([event(3, .runStatus, #"{"state":"running"}"#)])
        #expect(board.take().line == nil)
        board.feed([event(4, .runStatus, #"{"state":"cancelled"}"#)])
        #expect(board.take().line?.state == .cancelled)
    }

    @Test func framesAreOneLineOfJSON() throws {
        let frame = LiveFrame.blocks(first: 2, ["<p>\"a\"\n\u{1}\\</p>", "<hr>"]).text(id: 7)
        #expect(frame.hasPrefix("id: 7\nevent: block\ndata: {") && frame.hasSuffix("\n\n"))
        let data = try #require(frame.split(separator: "\n").last?.dropFirst("data: ".count))
        struct Block: Decodable, Equatable {
            var first: Int
            var blocks: [String]
        }
        let block = try JSONDecoder().decode(Block.self, from: Data(data.utf8))
        #expect(block == Block(first: 2, blocks: ["<p>\"a\"\n\u{1}\\</p>", "<hr>"]))
        #expect(LiveFrame.place.text(id: nil) == "event: place\ndata: {}\n\n")
    }
}
