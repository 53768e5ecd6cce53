import Engine
import Fetch
import Foundation
import Testing

@testable import Tools

@Suite struct BuiltInToolTests {
    private let context = ToolContext(run: .sample)

    @Test func everyToolHasASchemaThatCanBeRead() throws {
        let web = WebAccess(client: FetchClient(), addresses: .publicOnly)
        let catalogue = try ToolCatalogue(BuiltInTools.all(search: FixedSearch(found: []), web: web))
        #expect(
            catalogue.specifications.map(\.name) == [
                "ask_person", "calculator", "current_time", "search_conversations", "web_fetch",
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
