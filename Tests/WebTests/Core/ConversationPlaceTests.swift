import Foundation
import Testing

@testable import Web

/// What readers send as their place in a conversation is anybody's text.
@Suite struct ConversationPlaceTests {
    @Test func aPlaceIsReadAsItIsWritten() throws {
        var place = ConversationPlace()
        #expect(place.text == "0" && ConversationPlace("0") == place)
        place.newest = UUID()
        place.runs = [(UUID(), 7), (UUID(), 0)]
        #expect(ConversationPlace(place.text) == place)
    }

    @Test(arguments: [
        // As many bytes as a key has digits, but fewer characters.
        String(repeating: "é", count: 16), String(repeating: "a\u{301}", count: 10) + "aa",
        String(repeating: "💥", count: 8),
        String(repeating: "g", count: 32), String(repeating: "a", count: 31), "", "_", "0_", "-1",
        String(repeating: "a", count: 32) + "_" + String(repeating: "a", count: 32),
        String(repeating: "a", count: 32) + "_" + String(repeating: "a", count: 32) + ".-1",
        String(repeating: "a", count: 32) + "_" + String(repeating: "a", count: 32) + ".99999999999999999999",
    ])
    func anythingElseIsNone(text: String) { #expect(ConversationPlace(text) == nil) }
}
