import Engine
import Foundation
import Testing

@Suite struct EventDataTests {
    @Test(arguments: ["", "plain", "\"\\/\u{8}\n\r\t\u{0}\u{1F}", "汉字 👩‍👩‍👧 \u{2028}", "</script>"])
    func anyTextSurvivesJSON(text: String) throws {
        let data = EventData(run: .sample()).content(text)
        let event = RunEvent(sequence: 1, kind: .contentStream, data: data, timestamp: Date())
        #expect(event.field("content_delta") == text)
        #expect(try JSONSerialization.jsonObject(with: Data(event.json.utf8)) is [String: Any])
    }

    @Test func argumentsThatAreNoJSONStayText() {
        let data = EventData(run: .sample()).toolCall(ToolCall(id: "1", name: "x", arguments: "{broken"))
        let event = RunEvent(sequence: 1, kind: .toolCall, data: data, timestamp: Date())
        #expect(event.field("tool_input") == "{broken")
    }

    /// What a client gave a name of its own is known from then on by the id that stands beside that name.
    @Test func aMessageThatCameInIsNamedByItsOwnID() {
        let run = Run.sample()
        let data = EventData(run: run).messageReceived(userMessage: run.userMessageID, temporaryID: "mine")
        let event = RunEvent(sequence: 1, kind: .messageReceived, data: data, timestamp: Date())
        #expect(event.field("message_id") == run.userMessageID.text)
        #expect(event.field("user_message_id") == run.userMessageID.text)
        #expect(event.field("answer_message_id") == run.messageID.text)
        #expect(event.field("run_id") == run.id.text && event.field("temp_message_id") == "mine")
    }

    /// Older logs have the answer's id in `message_id`.
    @Test func oldLogsAreStillRead() throws {
        let (answer, said) = (UUID.v7().text, UUID.v7().text)
        let ids = #""message_id":"\#(answer)","run_id":"\#(UUID.v7().text)""#
        let data = "{\(ids),\"user_message_id\":\"\(said)\",\"status\":\"processing\",\"steers\":true}"
        var replay = RunReplay()
        replay.feed(RunEvent(sequence: 1, kind: .messageReceived, data: data, timestamp: Date()))
        #expect(replay.questions == [0: try #require(UUID(uuidString: said))])
    }

    @Test(arguments: [0, 951_782_400, 1_750_759_200.123, 4_102_444_799.999, -1])
    func timesAreWrittenAsFoundationWritesThem(seconds: Double) {
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
        let date = Date(timeIntervalSince1970: seconds)
        let ours = date.iso8601Milliseconds
        #expect(abs(formatter.date(from: ours)!.timeIntervalSince(date)) < 0.002)
    }

    @Test func keysOfOneProcessAreInTheOrderOfTheirMaking() {
        let keys = (0..<20_000).map { _ in UUID.v7().text }
        #expect(keys == keys.sorted() && Set(keys).count == keys.count)
    }

    @Test func keysGrowWithTime() {
        let earlier = UUID.v7(at: Date(timeIntervalSince1970: 1000))
        let later = UUID.v7(at: Date(timeIntervalSince1970: 1000.001))
        #expect(earlier.text < later.text)
        #expect(earlier.text[earlier.text.index(earlier.text.startIndex, offsetBy: 14)] == "7")
    }

    @Test func aSecretDoesNotPrint() {
        let secret = Secret("hunter2")
        #expect(!"\(secret) \(String(reflecting: secret))".contains("hunter2"))
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(!dumped.contains("hunter2"))
    }
}
