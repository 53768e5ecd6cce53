import Engine
import Foundation
import Testing

@testable import App

/// Lists, names and forms of the command line.
@Suite struct ListingTests {
    private static let pipe = TerminalTraits(hasInput: false, hasOutput: false, hasError: false, hasColour: true)
    private static let keys = try? JSONValue(
        parsing: """
            [{"agent_id": "0198a1b2-0000-7000-8000-0000000000aa", "name": "coding", "display_name": "Coding"},
             {"agent_id": "0198a1b2-0000-7000-8000-0000000001aa", "name": "web", "display_name": "coding"}]
            """
    ).array

    @Test func aPipeGetsNoColour() throws {
        let item = try JSONValue(
            parsing:
                #"{"name": "m", "supports_vision": true, "context_window": 8192, "model_id": "0198a1b2-0000-7000-8000-0000000000aa"}"#
        )
        let text = Listing.models.text([item], Self.pipe)
        #expect(text.hasPrefix("NAME") && text.contains("8192") && text.hasSuffix("000000aa"))
        #expect(Listing.models.text([], Self.pipe).hasPrefix("There are no models."))
    }

    @Test(arguments: [
        ("coding", 1), ("Coding", 1), ("WEB", 1), ("00aa", 1), ("00000000aa", 1), ("0aa", 0), ("cod", 0), ("01aa", 1),
    ])
    func namesComeBeforeKeys(name: String, count: Int) throws {
        let all = try #require(Self.keys)
        #expect(Finder.matches(name, all, id: "agent_id", names: ["name", "display_name"]).count == count)
    }

    @Test(arguments: [
        ("call_AbCd1", 1), ("call_abcd1", 1), ("BcD1", 1), ("abcd2", 1), ("", 0), ("cd1", 0), ("x1", 1), ("1", 0),
    ])
    func callsAreFoundByTheirEnds(name: String, count: Int) throws {
        let all = try #require(
            try JSONValue(parsing: #"[{"call_id": "call_AbCd1"}, {"call_id": "CALL_ABCD2"}, {"call_id": "x1"}]"#).array
        )
        #expect(Finder.matches(name, all, id: "call_id", names: []).count == count)
    }

    @Test func aReportHasWhatColleaguesUsedToo() throws {
        let tree = try JSONValue(
            parsing: """
                {"message_id": "m", "agent_name": "A", "usage": {"prompt_tokens": 1, "costs": [{"currency": "USD", "cost": 0.1}]},
                 "children": [{"usage": {"prompt_tokens": 2, "costs": [{"currency": "USD", "cost": 0.2}]}, "children": []}]}
                """
        )
        let seen = TurnWatch.Seen(end: .timedOut, story: TurnStory(root: "r"))
        let json = RunReport.object(seen, conversation: "c", tree: tree, steps: .array([]))
        #expect(json["usage"]?["prompt_tokens"]?.int == 3)
        #expect(json["costs"]?.text == #"[{"cost":0.3,"currency":"USD"}]"#)
        #expect(json["status"]?.string == "timed_out" && json["run_id"]?.string == "r")
    }
}
