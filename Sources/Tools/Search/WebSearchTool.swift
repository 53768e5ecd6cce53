package import Engine
import Fetch
import Foundation

/// Searches the web.
package struct WebSearchTool: Tool {
    package let specification = ToolSpecification(
        name: "web_search",
        description: """
            Searches the web and returns numbered results with title, address, date and a few words of each. Read the pages \
            that matter with web_fetch before you rely on them, and cite results by their numbers and addresses.
            """,
        schema: """
            {"type":"object","required":["query"],"additionalProperties":false,"properties":{
            "query":{"type":"string","minLength":1,"maxLength":400},
            "count":{"type":"integer","minimum":1,"maximum":20,"description":"8 when left out"},
            "recency":{"type":"string","enum":["day","week","month","year"],"description":"only what is that new"},
            "language":{"type":"string","pattern":"^[A-Za-z]{2}([-_][A-Za-z]{2})?$","description":"of the results, such as \
            en or zh-TW; any when left out"},
            "safe_search":{"type":"boolean","description":"leaves out what is for adults only; true when left out"}}}
            """,
        level: .readOnly,
        effect: .idempotent,
        timeLimit: .seconds(45)
    )

    private let configured: SearchService?
    private let choices: any SearchChoiceSource
    private let web: WebAccess

    /// `configured` holds where nobody has chosen. `web` leads wherever the service is: its address is the operator's.
    package init(configured: SearchService?, choices: any SearchChoiceSource, web: WebAccess) {
        self.configured = configured
        self.choices = choices
        self.web = web
    }

    package func perform(_ input: JSONValue, in context: ToolContext) async throws -> String {
        let service = try await service()
        let question = SearchQuestion(
            words: input["query"]?.string ?? "",
            count: input["count"]?.int ?? 8,
            recency: input["recency"]?.string.flatMap(SearchQuestion.Recency.init),
            language: input["language"]?.string.flatMap(SearchLanguage.init),
            isSafe: input["safe_search"] != .bool(false)
        )
        let answer = try await web.send(service.request(for: question))
        guard answer.status == 200 else { throw service.refusal(answer.status) }
        var seen: Set<String> = []
        let found = try await service.hits(in: answer)
        let hits = found.filter { seen.insert($0.url).inserted }.prefix(question.count)
        guard !hits.isEmpty else { return "\(service.kind.name) found nothing for \"\(question.words)\"." }
        return hits.enumerated().map { Self.entry($0.element, number: $0.offset + 1) }.joined(separator: "\n\n")
    }

    private func service() async throws -> SearchService {
        let choice = try await choices.searchChoice()
        guard let service = choice.map(SearchService.init) ?? configured else {
            throw ToolFailure("Nobody has set up where to search the web; an administrator can. Go on without it.")
        }
        return service
    }

    private static func entry(_ hit: SearchHit, number: Int) -> String {
        ["[\(number)] \(hit.title)", hit.url, hit.date ?? "", hit.snippet].filter { !$0.isEmpty }.joined(
            separator: "\n"
        )
    }
}
