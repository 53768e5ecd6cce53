import Engine
import Testing

@Suite struct JSONNodeTests {
    @Test(arguments: ["{", "[1,]", "{\"a\":1,}", "01", "1.", "\"\u{1}\"", "nul", "{} x", "\"\\x\"", "\"\\ud800\"", ""])
    func whatIsNoJSONIsRefused(_ text: String) { #expect(JSONNode(Array(text.utf8)) == nil) }

    @Test func depthIsBounded() {
        let deep = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
        #expect(JSONNode(Array(deep.utf8)) == nil)
    }

    /// Each costs memory many times its length.
    @Test func soIsTheNumberOfValues() {
        func many(_ count: Int) -> [UInt8] { Array(("[" + String(repeating: "1,", count: count - 2) + "1]").utf8) }
        #expect(JSONNode(many(JSONNode.mostValues)) != nil)
        #expect(JSONNode(many(JSONNode.mostValues + 1)) == nil)
    }

    @Test func valuesAndTheirTextAreThere() throws {
        let text = #" {"z":[1, 2.5,-3e2] , "a":{"ü":"\u00e9\n"},"t":true,"n":null} "#
        let node = try #require(JSONNode(Array(text.utf8)))
        #expect(node["z"]?.text == "[1, 2.5,-3e2]")
        #expect(node["z"]?.array?.map(\.int) == [1, nil, -300])
        #expect(node["z"]?.array?.map(\.double) == [1, 2.5, -300])
        #expect(node["a"]?["ü"]?.string == "é\n")
        #expect(node["a"]?.text == #"{"ü":"\u00e9\n"}"#)
        #expect(node["t"]?.bool == true && node["n"] == nil && node["none"] == nil)
    }
}
