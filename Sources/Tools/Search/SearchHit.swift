import Engine
import Fetch
import Foundation
import Reading

/// Something that was found.
struct SearchHit: Sendable, Equatable {
    var title: String
    var url: String
    var snippet: String
    /// As the service writes it.
    var date: String?
}

extension SearchHit {
    /// The list of hits in an answer, whatever the service calls it: `results` of SearXNG and Tavily, `web.results` of
    /// Brave, what else there is. nil when there is none.
    static func list(in answer: JSONValue) -> [SearchHit]? {
        let places = [
            answer["web"]?["results"], answer["results"], answer["items"], answer["data"], answer["hits"], answer,
        ]
        return places.lazy.compactMap { $0?.array }.first?.compactMap(SearchHit.init)
    }

    /// nil for what has no address to go to.
    private init?(_ item: JSONValue) {
        let line: ([String]) -> String? = { names in
            names.lazy.compactMap { item[$0]?.string }.map(\.plainWords).first { !$0.isEmpty }
        }
        let address = ["url", "link", "href"].lazy.compactMap { item[$0]?.string }.first
        guard let address, address.hasPrefix("http://") || address.hasPrefix("https://") else { return nil }
        url = address
        title = line(["title", "name"]) ?? address
        snippet = String((line(["content", "description", "snippet", "text", "body"]) ?? "").prefix(600))
        date = line(["publishedDate", "published_date", "page_age", "age", "date", "published"])
    }
}

extension SearchService {
    /// Throws `ToolFailure` when the answer cannot be understood, or `CancellationError`.
    func hits(in answer: WebAccess.Answer) async throws -> [SearchHit] {
        if kind == .duckduckgo {
            let page = try await DuckDuckGoPage.read(answer.body, contentType: answer.headers["content-type"])
            guard !page.isChallenge else { throw busy }
            return page.items.map { SearchHit(title: $0.title, url: $0.url, snippet: $0.snippet) }
        }
        let text = String(decoding: answer.body, as: UTF8.self)
        guard let value = try? JSONValue(parsing: text), let hits = SearchHit.list(in: value) else {
            throw ToolFailure("\(kind.name) did not answer with a list of results. An administrator has to look at it.")
        }
        return hits
    }

    /// Of a status that is none of success.
    func refusal(_ status: Int) -> ToolFailure {
        switch status {
        case 401, 402:
            ToolFailure("\(kind.name) does not accept this server's key. An administrator has to look at it.")
        case 403 where kind == .searxng:
            ToolFailure("SearXNG does not give JSON. An administrator has to add json to its search.formats.")
        case 403: ToolFailure("\(kind.name) refuses this server. An administrator has to look at it.")
        case 202, 429: busy
        default:
            ToolFailure("\(kind.name) answered with status \(status). Try again later.", isTransient: status >= 500)
        }
    }

    private var busy: ToolFailure {
        ToolFailure(
            "\(kind.name) takes no more questions from this server for a while. Go on with what you know, or try later."
        )
    }
}
