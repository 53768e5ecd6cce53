import Engine
import Testing

@testable import App

/// What options say of an agent as JSON.
@Suite struct AgentFieldsTests {
    @Test func theSettingsOfAToolAreItsNameAndAnObject() throws {
        let settings = try #require(ToolSettings(argument: #"web_fetch={"custom_params": {"query": "a=b"}}"#))
        #expect(settings.tool == "web_fetch" && settings.value["custom_params"]?["query"]?.string == "a=b")
    }

    @Test(arguments: ["", "web_fetch", "web_fetch=", "web_fetch=9", "={}", "web_fetch={", #"web_fetch=["timeout"]"#])
    func noSettings(text: String) {
        #expect(ToolSettings(argument: text) == nil)
    }

    @Test func parametersAreAnObject() {
        #expect(ObjectArgument(argument: #"{"temperature": 0.2}"#)?.value["temperature"]?.decimal != nil)
        for text in ["", "[]", "0.2", "{temperature: 0.2}"] { #expect(ObjectArgument(argument: text) == nil) }
    }
}
