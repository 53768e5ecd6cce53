import Engine
import Fetch
import Foundation
import Testing

@testable import Tools

/// Each search service, as its own documentation says that it answers.
@Suite struct WebSearchTests {
    private let client = FetchClient()
    private let context = ToolContext(run: .sample)
    private let heard = Heard()

    private func search(
        _ kind: SearchService.Kind,
        _ answer: String,
        type: String = "application/json",
        status: Int = 200,
        path: String = "",
        input: String = #"{"query":"tides & \"moon\" 潮","count":2,"recency":"week"}"#
    ) async throws -> String {
        let heard = heard
        let server = try ScriptedServer { peer in
            while let request = peer.request() {
                heard.add(request.head + "\r\n\r\n" + request.body)
                peer.answer(status, "Content-Type: \(type)\r\n", answer)
            }
        }
        let service = SearchService(kind, url: server.url + path, key: Secret("key-of-ours"))
        let tool = WebSearchTool(
            configured: service,
            choices: FixedChoice(),
            web: WebAccess(client: client, addresses: .any)
        )
        return try await tool.perform(JSONValue(parsing: input), in: context)
    }

    private static let words = "tides%20%26%20%22moon%22%20%E6%BD%AE"

    @Test func whatWasChosenCountsAndNowhereIsNowhere() async throws {
        let heard = heard
        let server = try ScriptedServer { peer in
            while let request = peer.request() {
                heard.add(request.head)
                peer.answer(200, "Content-Type: application/json\r\n", #"{"results":[]}"#)
            }
        }
        let web = WebAccess(client: client, addresses: .any)
        let input = try JSONValue(parsing: #"{"query":"tides"}"#)
        let chosen = FixedChoice(choice: SearchChoice(kind: .searxng, url: server.url))
        let tool = WebSearchTool(
            configured: SearchService(.custom, url: "http://127.0.0.1:1/"),
            choices: chosen,
            web: web
        )
        #expect(try await tool.perform(input, in: context).hasPrefix("SearXNG found nothing"))
        #expect(heard.text.hasPrefix("GET /search?q=tides"))
        let off = WebSearchTool(
            configured: SearchService(.searxng, url: server.url),
            choices: FixedChoice(choice: SearchChoice(kind: nil)),
            web: web
        )
        await #expect(throws: ToolFailure.self) { try await off.perform(input, in: context) }
    }

    @Test func searxng() async throws {
        let found = try await search(
            .searxng,
            """
            {"query":"x","number_of_results":0,"answers":[],"corrections":[],"infoboxes":[],"suggestions":[],
            "unresponsive_engines":[],"results":[
            {"url":"https://a.example/1","title":"One","content":"First words","engine":"brave","publishedDate":
            "2026-03-01T00:00:00","score":1.0,"category":"general"},
            {"url":"https://a.example/1","title":"One again","content":""},
            {"url":"https://b.example/","title":"Two","content":"","publishedDate":null},
            {"url":"https://c.example/","title":"Three","content":""}]}
            """
        )
        #expect(heard.text.hasPrefix("GET /search?q=\(Self.words)&format=json&time_range=month&safesearch=2 HTTP/1.1"))
        #expect(!heard.text.contains("key-of-ours"))
        #expect(
            found == """
                [1] One
                https://a.example/1
                2026-03-01T00:00:00
                First words

                [2] Two
                https://b.example/
                """
        )
    }

    @Test func brave() async throws {
        let found = try await search(
            .brave,
            """
            {"type":"search","query":{"original":"x"},"mixed":{},"web":{"type":"search","results":[
            {"title":"Tides &amp; co","url":"https://a.example/","is_source_local":false,"description":
            "The <strong>moon</strong> pulls","page_age":"2026-02-03T04:05:06","age":"1 month ago","language":"en"}]}}
            """
        )
        #expect(heard.text.hasPrefix("GET /?q=\(Self.words)&count=2&freshness=pw&safesearch=strict HTTP/1.1"))
        #expect(heard.text.contains("X-Subscription-Token: key-of-ours\r\n"))
        #expect(found == "[1] Tides & co\nhttps://a.example/\n2026-02-03T04:05:06\nThe moon pulls")
    }

    @Test func tavily() async throws {
        let found = try await search(
            .tavily,
            """
            {"query":"x","follow_up_questions":null,"answer":null,"images":[],"results":[{"title":"T","url":
            "https://a.example/","content":"C","score":0.9,"raw_content":null}],"response_time":1.2}
            """
        )
        #expect(heard.text.hasPrefix("POST / HTTP/1.1"))
        #expect(heard.text.contains("Authorization: Bearer key-of-ours\r\n"))
        #expect(heard.text.hasSuffix(#"{"max_results":2,"query":"tides & \"moon\" 潮","time_range":"week"}"#))
        #expect(found == "[1] T\nhttps://a.example/\nC")
    }

    @Test func duckDuckGo() async throws {
        let found = try await search(
            .duckduckgo,
            """
            <!DOCTYPE html><html><body><div id="links" class="results">
            <div class="result results_links results_links_deep result--ad"><h2 class="result__title">
            <a class="result__a" href="https://duckduckgo.com/y.js?ad_domain=x">Buy tides</a></h2></div>
            <div class="result results_links results_links_deep web-result"><div class="links_main result__body">
            <h2 class="result__title"><a rel="nofollow" class="result__a"
            href="//duckduckgo.com/l/?uddg=https%3A%2F%2Fa.example%2Fx%3Fy%3D1&amp;rut=abc">Tides &amp; <b>moon</b></a></h2>
            <div class="result__extras"><a class="result__url" href="#">a.example/x</a></div>
            <a class="result__snippet" href="#">The <b>moon</b> pulls.</a></div></div>
            <div class="result web-result"><a class="result__a" href="https://b.example/">B</a></div></div></body></html>
            """,
            type: "text/html; charset=UTF-8"
        )
        #expect(heard.text.hasPrefix("GET /?q=\(Self.words)&df=w&kp=1 HTTP/1.1"))
        #expect(!heard.text.contains("key-of-ours"))
        #expect(found == "[1] Tides & moon\nhttps://a.example/x?y=1\nThe moon pulls.\n\n[2] B\nhttps://b.example/")
    }

    @Test func duckDuckGoMayAskForAPerson() async throws {
        await #expect(throws: ToolFailure.self) {
            try await search(
                .duckduckgo,
                "<html><body><div class='anomaly-modal__title'>Unfortunately, bots use DuckDuckGo too.</div></body></html>",
                type: "text/html"
            )
        }
    }

    @Test(arguments: [
        #"[{"name":"N","link":"https://a.example/","snippet":"S","date":"2026"}]"#,
        #"{"items":[{"title":"N","link":"https://a.example/","description":"S","published":"2026"},{"title":"no address"}]}"#,
        #"{"data":[{"title":"N","href":"https://a.example/","text":"S","date":"2026"},{"url":"javascript:x"}]}"#,
    ])
    func custom(answer: String) async throws {
        let found = try await search(.custom, answer, path: "/find/{query}?n={count}")
        #expect(heard.text.hasPrefix("GET /find/\(Self.words)?n=2 HTTP/1.1"))
        #expect(heard.text.contains("Authorization: Bearer key-of-ours\r\n"))
        #expect(found == "[1] N\nhttps://a.example/\n2026\nS")
    }

    @Test(arguments: [
        (SearchService.Kind.searxng, "zh-TW", false, "/search?q=x&format=json&language=zh-TW&safesearch=0 "),
        (.searxng, "ZH_tw", true, "/search?q=x&format=json&language=zh-TW&safesearch=2 "),
        (.brave, "zh-TW", false, "/?q=x&count=8&search_lang=zh-hant&safesearch=off "),
        (.brave, "zh", true, "/?q=x&count=8&search_lang=zh-hans&safesearch=strict "),
        (.brave, "tl", true, "/?q=x&count=8&safesearch=strict "),
        (.duckduckgo, "zh-TW", false, "/?q=x&kl=tw-tzh&kp=-2 "), (.duckduckgo, "de-AT", true, "/?q=x&kl=at-de&kp=1 "),
        (.duckduckgo, "fr", true, "/?q=x&kl=fr-fr&kp=1 "),
        (.custom, "pt-br", true, "/?l=pt-BR&s=1&q=x "), (.custom, "en", false, "/?l=en&s=0&q=x "),
    ])
    func theLanguageAndWhatIsForAdultsAreAskedAsEachServiceHasIt(
        kind: SearchService.Kind,
        language: String,
        isSafe: Bool,
        path: String
    ) async throws {
        _ = try await search(
            kind,
            kind == .duckduckgo ? "<html><body></body></html>" : #"{"results":[]}"#,
            type: kind == .duckduckgo ? "text/html" : "application/json",
            path: kind == .custom ? "/?l={language}&s={safe_search}&q={query}" : "",
            input: #"{"query":"x","language":"\#(language)","safe_search":\#(isSafe)}"#
        )
        #expect(heard.text.hasPrefix("GET \(path)HTTP/1.1"), "\(heard.text.prefix(100))")
    }

    @Test func nothingIsSaid() async throws {
        let found = try await search(.searxng, #"{"results":[]}"#, input: #"{"query":"x"}"#)
        #expect(found == "SearXNG found nothing for \"x\".")
    }

    @Test(arguments: [
        (SearchService.Kind.brave, 401, "Brave does not accept this server's key"),
        (.tavily, 429, "Tavily takes no more"),
        (.searxng, 403, "SearXNG does not give JSON"), (.duckduckgo, 202, "DuckDuckGo takes no more"),
        (.custom, 500, "the search service answered with status 500"),
        (.searxng, 200, "SearXNG did not answer with a list of results"),
    ])
    func refusalsSayWhoHasToActAndNoKey(kind: SearchService.Kind, status: Int, words: String) async throws {
        let failure = await #expect(throws: ToolFailure.self) {
            try await search(kind, "key-of-ours", status: status, path: "/{query}")
        }
        #expect(failure?.message.hasPrefix(words) == true)
        #expect(failure?.message.contains("key-of-ours") == false)
    }
}

struct FixedChoice: SearchChoiceSource {
    var choice: SearchChoice?

    func searchChoice() async throws -> SearchChoice? { choice }
}
