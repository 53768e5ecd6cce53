import Engine
import Fetch
import Foundation
import Sandbox
import Testing

@testable import Tools

@Suite struct BuiltInToolTests {
    private let context = ToolContext(run: .sample)

    @Test func everyToolHasASchemaThatCanBeRead() throws {
        let catalogue = try ToolCatalogue(
            BuiltInTools.all(
                search: FixedSearch(found: []),
                results: FixedResults(),
                variables: HeldVariables(),
                web: WebAccess(client: FetchClient(), addresses: .publicOnly),
                reader: DocumentReader(sandbox: nil, workspaces: Workspaces(path: "")),
                secrets: FixedSecrets(),
                searchService: SearchService(.duckduckgo),
                searchChoices: FixedChoice()
            )
        )
        #expect(
            catalogue.specifications.map(\.name) == [
                "api_request", "ask_person", "calculator", "current_time", "get_variables", "read_result",
                "search_conversations", "set_variable", "web_fetch", "web_search",
            ]
        )
    }

    @Test func theCalculatorSaysWhatIsWrong() async throws {
        let tool = CalculatorTool()
        #expect(try await tool.perform(["expression": "6 * 7"].json, in: context) == "42")
        await #expect(throws: ToolFailure("The expression cannot be computed: division by zero.")) {
            try await tool.perform(["expression": "1/0"].json, in: context)
        }
    }

    @Test func theTimeIsThatOfThePlace() async throws {
        let tool = CurrentTimeTool { Date(timeIntervalSince1970: 1_000_000_000) }
        let inShanghai = try await tool.perform(["time_zone": "Asia/Shanghai"].json, in: context)
        #expect(inShanghai == "2001-09-09T09:46:40+08:00, Sunday, Asia/Shanghai")
        #expect(try await tool.perform(.object([:]), in: context) == "2001-09-09T01:46:40Z, Sunday, UTC")
    }

    @Test func aPlaceThatIsNoZoneGetsNearOnes() async throws {
        let failure = await #expect(throws: ToolFailure.self) {
            try await CurrentTimeTool().perform(["time_zone": "China/Shanghai"].json, in: context)
        }
        #expect(failure?.message.contains("Asia/Shanghai") == true)
    }

    @Test func theSearchAsksForThePersonAndGivesWhatWasFound() async throws {
        let match = ConversationMatch(
            conversationID: .v7(),
            conversationTitle: "Plans",
            role: "user",
            excerpt: "we said \"Tuesday\"",
            timestamp: Date(timeIntervalSince1970: 0)
        )
        let search = FixedSearch(found: [match], asker: context.principal)
        let tool = ConversationSearchTool(search: search)
        let text = try await tool.perform(["text": "Tuesday"].json, in: context)
        let found = try JSONValue(parsing: text)
        #expect(found.array?.first?["excerpt"]?.string == match.excerpt)
        #expect(found.array?.first?["conversation"]?.string == "Plans")
        let nothing = ConversationSearchTool(search: FixedSearch(found: []))
        #expect(try await nothing.perform(["text": "x y"].json, in: context).hasPrefix("Nothing was found"))
    }
}

/// Reading on in large results.
@Suite struct ReadResultTests {
    private let context = ToolContext(run: .sample)

    private func read(_ tool: ReadResultTool, _ offset: Int, _ limit: Int = 10) async throws -> String {
        let input = JSONValue.object([
            "reference": .string("call_1"), "offset": .number(Decimal(offset)), "limit": .number(Decimal(limit)),
        ])
        return try await tool.perform(input, in: context)
    }

    @Test func partsFollowEachOtherToTheEnd() async throws {
        let text = "Bridges 桥梁 and ways 🛤️ to the end"
        let tool = ReadResultTool(results: FixedResults(results: ["call_1": text], run: context.run.id))
        var (parts, offset) = ("", 0)
        while offset < text.utf8.count {
            let part = try await read(tool, offset)
            let words = part[..<(try #require(part.range(of: "\n[Bytes \(offset) to", options: .backwards))).lowerBound]
            parts += words
            offset += words.utf8.count
        }
        #expect(parts == text)
        #expect(try await read(tool, 1000) == "[The result ends at byte \(text.utf8.count).]")
        // In the middle of a character: from its beginning.
        #expect(try await read(tool, 9).hasPrefix("桥梁"))
    }

    @Test func whatIsNotThereIsSaid() async throws {
        await #expect(throws: ToolFailure.self) { try await read(ReadResultTool(results: FixedResults()), 0) }
    }
}

private struct FixedResults: ToolResults {
    var results: [String: String] = [:]
    var run: UUID?

    func toolResult(_ call: String, of run: UUID, by principal: Principal) async throws -> String? {
        #expect(self.run == nil || run == self.run)
        return results[call]
    }
}

private struct FixedSearch: ConversationSearch {
    var found: [ConversationMatch]
    var asker: Principal?

    func search(
        _ text: String,
        notIn conversation: UUID?,
        limit: Int,
        by principal: Principal
    ) async throws -> [ConversationMatch] {
        if let asker { #expect(principal == asker) }
        return found
    }
}

extension [String: String] {
    fileprivate var json: JSONValue { .object(mapValues(JSONValue.string)) }
}

/// Variables of conversations.
@Suite struct VariableToolTests {
    @Test func whatIsKeptIsReadAndTakenAway() async throws {
        let held = HeldVariables()
        let run = Run(
            id: .v7(),
            organisationID: .v7(),
            userID: .v7(),
            conversationID: .v7(),
            agentID: .v7(),
            userMessageID: .v7(),
            messageID: .v7(),
            state: .running,
            attempt: 1,
            createdAt: Date()
        )
        let context = ToolContext(run: run)
        let (set, get) = (SetVariableTool(variables: held), GetVariablesTool(variables: held))
        let value = try JSONValue(parsing: #"{"name":"city","value":["Oslo",2]}"#)
        // Twice is once.
        for _ in 1...2 { #expect(try await set.perform(value, in: context) == "city is kept.") }
        #expect(try await get.perform(.object([:]), in: context) == #"{"city":["Oslo",2]}"#)
        _ = try await set.perform(try JSONValue(parsing: #"{"name":"city","value":null}"#), in: context)
        #expect(try await get.perform(.object([:]), in: context) == "{}")
        await #expect(throws: ToolFailure.self) {
            let long = JSONValue.string(String(repeating: "x", count: 20_000))
            return try await set.perform(.object(["name": .string("a"), "value": long]), in: context)
        }
    }
}

private actor HeldVariables: ConversationVariables {
    private var values: [String: String] = [:]

    func variables(in conversation: UUID, by principal: Principal) async throws -> [RunContext.Variable]? {
        values.map { RunContext.Variable(name: $0.key, value: $0.value) }
    }

    func setVariable(
        _ name: String,
        to value: JSONValue,
        in conversation: UUID,
        by principal: Principal
    ) async throws -> Bool {
        try VariableLimit.check(name, value)
        values[name] = value.text
        return true
    }

    func removeVariable(_ name: String, in conversation: UUID, by principal: Principal) async throws -> Bool {
        values.removeValue(forKey: name) != nil
    }
}
