import Engine
import Testing

@testable import Providers

/// Neither key nor conversation come back in an error.
struct ConfidentialTests {
    private let confidential = Confidential(
        key: Secret("topsecret"),
        request: ModelRequest(
            instruction: "You are the assistant of the Example company.",
            messages: [
                .user("My diagnosis is rather private, please help."), .assistant(text: "hush", toolCalls: []),
                .toolResult(callID: "1", toolName: "t", content: "account 4711", isError: false),
            ]
        )
    )

    @Test(arguments: [
        "Invalid content: 'My diagnosis is rather private'", "hush is not allowed", "bad value account 4711 in tool",
        "… the assistant of the Example …",
    ])
    func theConversationIsNotQuoted(message: String) {
        #expect(confidential.quotable(message) == nil)
    }

    @Test(arguments: [
        ("Incorrect API key provided: sk-abc***xyz. Bye", "Incorrect API key provided: […] Bye"),
        ("token=topsecret;", "[…]"),
        ("key abcdefghijklmnop1234567890 is wrong", "key […] is wrong"),
        ("a\u{0}b\r\n\tc \u{202E}d\u{1B}[31m", "a b c d [31m"),
        ("<b>bold</b>", "<b>bold</b>"),
    ])
    func keysAndControlsAreTakenOut(message: String, quote: String) {
        #expect(confidential.quotable(message) == quote)
    }

    @Test func longMessagesAreCut() {
        let quote = confidential.quotable(String(repeating: "no ", count: 10_000))
        #expect(quote?.count == 200)
        #expect(confidential.quotable(" \u{0} ") == nil)
    }

    @Test func anUpstreamThatEchoes() async throws {
        let server = try ScriptedServer { peer in
            guard let request = peer.request() else { return }
            let echo = request.body.replacing("\\", with: "").replacing("\"", with: "'")
            peer.answer(400, "", #"{"error":{"message":"cannot read \#(echo)"}}"#)
        }
        let error = await server.model(.openai).outcome(
            ModelRequest(instruction: "", messages: [.user("tell nobody")])
        ).error
        #expect(error?.code == .rejected)
        #expect(error?.message.contains("nobody") == false)
    }

    @Test func aKeyThatIsNoneIsNotSent() async throws {
        let server = try ScriptedServer { _ = $0.request() }
        for key in ["a b", "a\r\nX: y", "ключ"] {
            #expect(await server.model(.openai, key: key).outcome().error?.code == .unauthorized)
            #expect(await server.model(.anthropic, key: key).outcome().error?.code == .unauthorized)
        }
        #expect(server.connections == 0)
    }
}
