import Engine
import Testing

@testable import App

/// A line that a person types becomes what the server takes.
@Suite struct AskedCallTests {
    private static func call(_ kind: String, _ input: String = "{}") throws -> AskedCall {
        let text = #"{"run_id": "r", "call_id": "c/1", "kind": "\#(kind)", "tool_name": "t", "tool_input": \#(input)}"#
        return try #require(AskedCall(try JSONValue(parsing: text)))
    }

    private static func reply(_ text: String) throws -> AskedCall.Reading { .reply(try JSONValue(parsing: text)) }

    @Test(arguments: [
        ("y", #"{"decision": "approve"}"#), (" Yes ", #"{"decision": "approve"}"#), ("n", #"{"decision": "deny"}"#),
        ("always", #"{"decision": "approve", "remember": true}"#),
    ]) func approvals(line: String, reply: String) throws {
        #expect(try Self.call("approval").reading(line) == Self.reply(reply))
    }

    @Test func nothingElseApproves() throws {
        let call = try Self.call("approval")
        #expect(call.reading("e") == .edit)
        for line in ["", "ye", "ok", "1", "yn"] { #expect(call.reading(line) == .again("Type y, n, e or a.")) }
    }

    @Test(arguments: [("a", "again"), ("done", "done"), ("S", "stop")]) func calls(line: String, decision: String)
        throws
    {
        #expect(try Self.call("maybe_executed").reading(line) == Self.reply(#"{"decision": "\#(decision)"}"#))
    }

    @Test func choicesAreTakenByNumberOrByWord() throws {
        let call = try Self.call("question", #"{"question": "Which?", "choices": ["red", "1"]}"#)
        #expect(try call.reading("red") == Self.reply(#"{"answer": "red"}"#))
        // What is offered word for word comes before its number.
        #expect(try call.reading("1") == Self.reply(#"{"answer": "1"}"#))
        #expect(try call.reading("2") == Self.reply(#"{"answer": "1"}"#))
        #expect(try call.reading("-") == Self.reply(#"{"decision": "deny"}"#))
        for line in ["3", "0", "green", ""] {
            guard case .again = call.reading(line) else {
                Issue.record("\(line) was taken")
                continue
            }
        }
        #expect(call.summary == "Which? [red | 1]")
        #expect(call.path == "/v1/runs/r/approvals/c%2F1")
    }

    @Test func freeTextIsTakenWhereItIsAllowed() throws {
        let call = try Self.call("question", #"{"question": "Which?", "choices": ["red"], "allows_free_text": true}"#)
        #expect(try call.reading("green") == Self.reply(#"{"answer": "green"}"#))
        #expect(try Self.call("question", #"{"question": "Why?"}"#).reading("7") == Self.reply(#"{"answer": "7"}"#))
    }
}
