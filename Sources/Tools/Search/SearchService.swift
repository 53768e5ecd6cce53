package import Engine
import Fetch
import Foundation

/// Where searches of the web go; the server's operator chooses.
package struct SearchService: Sendable {
    package typealias Kind = SearchKind

    package let kind: Kind
    private let url: String
    private let key: Secret?

    /// `url`: of a SearXNG its root, of a custom one the whole template, of others an address to use instead of theirs.
    package init(_ kind: Kind, url: String? = nil, key: Secret? = nil) {
        self.kind = kind
        self.url = url ?? kind.usualURL
        self.key = key
    }

    /// nil for nowhere.
    init?(_ choice: SearchChoice) {
        guard let kind = choice.kind else { return nil }
        self.init(kind, url: choice.url, key: choice.key)
    }
}

extension SearchKind {
    fileprivate var usualURL: String {
        switch self {
        case .duckduckgo: "https://html.duckduckgo.com/html/"
        case .brave: "https://api.search.brave.com/res/v1/web/search"
        case .tavily: "https://api.tavily.com/search"
        case .searxng, .custom: ""
        }
    }
}

/// What is looked for.
struct SearchQuestion: Sendable {
    enum Recency: String, CaseIterable { case day, week, month, year }

    var words: String
    var count: Int
    var recency: Recency?
    var language: SearchLanguage?
    /// Without what is for adults only.
    var isSafe = true
}

extension SearchService {
    func request(for question: SearchQuestion) -> FetchRequest {
        switch kind {
        case .duckduckgo:
            get(
                url,
                [
                    "q": question.words, "df": question.recency?.rawValue.first.map(String.init),
                    "kl": question.language?.duckDuckGo, "kp": question.isSafe ? "1" : "-2",
                ],
                accept: "text/html"
            )
        case .searxng:
            // It knows no week.
            get(
                url + (url.hasSuffix("/search") ? "" : "/search"),
                [
                    "q": question.words, "format": "json",
                    "time_range": question.recency.map { $0 == .week ? "month" : $0.rawValue },
                    "language": question.language?.tag, "safesearch": question.isSafe ? "2" : "0",
                ]
            )
        case .brave:
            get(
                url,
                [
                    "q": question.words, "count": String(question.count),
                    "freshness": question.recency?.rawValue.first.map { "p\($0)" },
                    "search_lang": question.language?.brave, "safesearch": question.isSafe ? "strict" : "off",
                ],
                headers: key.map { [("X-Subscription-Token", $0.reveal())] } ?? []
            )
        // It has no parameter for a language, nor, for everybody, one for what is for adults only.
        case .tavily: post(question)
        case .custom:
            get(
                url.replacing("{query}", with: question.words.escaped)
                    .replacing("{count}", with: String(question.count))
                    .replacing("{language}", with: question.language?.tag ?? "")
                    .replacing("{safe_search}", with: question.isSafe ? "1" : "0"),
                [:],
                headers: authorization
            )
        }
    }

    private var authorization: [(name: String, value: String)] {
        key.map { [("Authorization", "Bearer \($0.reveal())")] } ?? []
    }

    private func get(
        _ url: String,
        _ query: KeyValuePairs<String, String?>,
        headers: [(name: String, value: String)] = [],
        accept: String = "application/json"
    ) -> FetchRequest {
        let parts = query.compactMap { name, value in value.map { "\(name)=\($0.escaped)" } }
        let mark = parts.isEmpty ? "" : url.contains("?") ? "&" : "?"
        return FetchRequest(
            url: url + mark + parts.joined(separator: "&"),
            headers: headers + [("Accept", accept)]
        )
    }

    private func post(_ question: SearchQuestion) -> FetchRequest {
        var body: [String: JSONValue] = [
            "query": .string(question.words), "max_results": .number(Decimal(question.count)),
        ]
        body["time_range"] = question.recency.map { .string($0.rawValue) }
        return FetchRequest(
            method: "POST",
            url: url,
            headers: authorization + [("Content-Type", "application/json"), ("Accept", "application/json")],
            body: Array(JSONValue.object(body).text.utf8)
        )
    }
}

extension String {
    /// As a part of a query.
    fileprivate var escaped: String {
        let plain = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
        return addingPercentEncoding(withAllowedCharacters: plain) ?? ""
    }
}
