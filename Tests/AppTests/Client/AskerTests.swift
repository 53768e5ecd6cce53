import Engine
import Foundation
import Testing

@testable import App

/// What becomes of a question whose person changes the input.
@Suite struct AskerTests {
    private static let traits = TerminalTraits(hasInput: false, hasOutput: false, hasError: false, hasColour: false)

    @Test func anInputThatIsTypedEndsWithItsQuestion() async throws {
        let pipe = Pipe()
        let lines = TerminalLines(pipe.fileHandleForReading.fileDescriptor)
        let asker = Asker(lines, TurnScreen(Self.traits, .nothing), editor: nil)
        let asked = #"{"run_id": "r", "call_id": "c", "kind": "approval", "tool_name": "t", "tool_input": {}}"#
        let call = try #require(AskedCall(try JSONValue(parsing: asked)))
        lines.interrupt()
        #expect(await asker.edited(call) == Asker.Said.settled)
        try pipe.fileHandleForWriting.write(contentsOf: Data("no JSON\n[]\n{\"a\": 2}\n".utf8))
        #expect(await asker.edited(call) == nil)
        #expect(await asker.edited(call) == nil)
        let reply = try JSONValue(parsing: #"{"decision": "approve", "tool_input": {"a": 2}}"#)
        #expect(await asker.edited(call) == Asker.Said.reply(reply))
        try pipe.fileHandleForWriting.close()
        #expect(await asker.edited(call) == nil)
    }
}
