import Testing

@testable import Web

/// What a page says of a finished answer besides its text.
@Suite struct AnswerMetadataTests {
    @Test(arguments: [
        ("refused", "without tools: the model cannot use them"),
        ("no_room", "without tools: the model has no room for them"),
        ("bad_calls", "in the end without tools: the model did not call them rightly"),
        ("steps", "in the end without tools: it had called them as often as it may"),
    ])
    func anAnswerWithoutToolsSaysSo(lack: String, words: String) throws {
        let metadata = AnswerMetadata(json: #"{"model":"m","without_tools":"\#(lack)"}"#)
        #expect(metadata.lines(voice: try Fixtures.voice()) == ["m", words])
    }

    @Test func otherAnswersDoNot() throws {
        for json in [#"{"model":"m"}"#, #"{"model":"m","without_tools":"whatever"}"#] {
            #expect(AnswerMetadata(json: json).lines(voice: try Fixtures.voice()) == ["m"])
        }
    }
}
