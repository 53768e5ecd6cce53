import Foundation
import HTTPTypes
import Postgres
import Testing

@Suite struct ConversationTests {
    @Test func createsListsChangesAndDeletes() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let created = try await ada.post(
                "/v1/conversations",
                #"{"title":"Python 学习讨论","tags":["python"],"metadata":{"topic":"programming"}}"#
            )
            #expect(created.status == 201)
            let id = created.string("data.conversation_id") ?? ""
            #expect(created.string("data.metadata.topic") == "programming")

            let list = try await ada.get("/v1/conversations?page=1&per_page=20")
            #expect(list.number("pagination.total") == 1)
            #expect(list.flag("pagination.has_next") == false)
            #expect(list.string("data.0.title") == "Python 学习讨论")
            #expect(
                list.keys("data.0").isSuperset(of: [
                    "conversation_id", "title", "summary", "created_at", "updated_at", "last_message_at",
                    "message_count", "is_pinned", "is_archived", "tags",
                ])
            )

            let changed = try await ada.patch("/v1/conversations/\(id)", #"{"title":"New","is_pinned":true}"#)
            #expect(changed.string("data.title") == "New")
            #expect(changed.flag("data.is_pinned") == true)
            #expect(changed.string("data.metadata.topic") == "programming", "what is left out stays")
            #expect(try await ada.delete("/v1/conversations/\(id)").status == 204)
            #expect(try await ada.get("/v1/conversations/\(id)").status == 404)
        }
    }

    /// Its names are the caller's own: they come back as they were written.
    @Test func metadataIsReplacedAndCleared() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let path = "/v1/conversations/\(try await ada.newConversation())"
            let changed = try await ada.patch(path, #"{"metadata":{"my_topic":{"isDeep":true},"n":1}}"#)
            #expect(changed.status == 200 && changed.flag("data.metadata.my_topic.isDeep") == true)
            let replaced = try await ada.patch(path, #"{"metadata":{"other":"x"}}"#)
            #expect(replaced.keys("data.metadata") == ["other"])
            #expect(try await ada.patch(path, #"{"is_pinned":true}"#).keys("data.metadata") == ["other"])
            #expect(try await ada.patch(path, #"{"metadata":null}"#).keys("data.metadata") == [])
            #expect(try await ada.get(path).keys("data.metadata") == [])
            let long = String(repeating: "x", count: 65_536)
            for wrong in ["[]", #""text""#, #"{"a":"\#(long)"}"#] {
                let answer = try await ada.patch(path, #"{"metadata":\#(wrong)}"#)
                #expect(answer.status == 422 && answer.string("error.details.0.field") == "metadata")
            }
        }
    }

    @Test func pagesAndSearches() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            for index in 1...5 { _ = try await ada.newConversation("Talk \(index)") }
            let page = try await ada.get("/v1/conversations?page=2&per_page=2")
            #expect(page.count("data") == 2)
            #expect(page.number("pagination.total_pages") == 3)
            #expect(page.flag("pagination.has_next") == true && page.flag("pagination.has_prev") == true)
            #expect(try await ada.get("/v1/conversations?search=talk%203").count("data") == 1)
            #expect(try await ada.get("/v1/conversations?is_archived=true").count("data") == 0)
        }
    }

    @Test func searchesTitlesSummariesAndTags() async throws {
        try await TestServer.runSite { site in
            let ada = try await Caller(client: site.client).newcomer("ada")
            for (title, tags) in [("Plain", "[]"), ("Tagged", #"["Red","blue, \"dark\""]"#), ("Told", "[]")] {
                let made = try await ada.post("/v1/conversations", #"{"title":"\#(title)","tags":\#(tags)}"#)
                #expect(made.status == 201)
            }
            try await site.database.administrator.query(
                "update conversations set summary = 'Of decorators' where title = 'Told'"
            )
            for (search, titles) in [
                ("plai", ["Plain"]), ("DECORATOR", ["Told"]), ("red", ["Tagged"]), ("%22dark%22", ["Tagged"]),
                ("%5B", []), ("%5B%5D", []), ("Red%22,", []),
            ] {
                let found = try await ada.get("/v1/conversations?search=\(search)")
                let told = (0..<(found.count("data") ?? 0)).compactMap { found.string("data.\($0).title") }
                #expect(told == titles && found.number("pagination.total") == titles.count, "\(search)")
            }
        }
    }

    @Test(arguments: ["page=0", "per_page=101", "page=x", "is_archived=perhaps"])
    func refusesASillyQuery(query: String) async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            #expect(try await ada.get("/v1/conversations?\(query)").status == 422)
        }
    }

    @Test func whatBelongsToSomebodyElseIsNotThere() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let eve = try await caller.newcomer("eve")
            try await ada.addModel()
            let id = try await ada.newConversation()
            let sent = try await ada.post("/v1/conversations/\(id)/messages", #"{"content":"echo"}"#)
            let run = sent.string("data.run_id") ?? ""
            let provider = try await ada.get("/v1/llm-configs").string("data.0.llm_id") ?? ""
            let model = try await ada.get("/v1/models").string("data.0.model_id") ?? ""

            #expect(try await eve.get("/v1/conversations/\(id)").status == 404)
            #expect(try await eve.patch("/v1/conversations/\(id)", #"{"title":"Mine"}"#).status == 404)
            #expect(try await eve.delete("/v1/conversations/\(id)").status == 404)
            #expect(try await eve.get("/v1/conversations/\(id)/messages").status == 404)
            #expect(try await eve.post("/v1/conversations/\(id)/messages", #"{"content":"x"}"#).status == 404)
            #expect(try await eve.get("/v1/runs/\(run)").status == 404)
            #expect(try await eve.get("/v1/runs/\(run)/events").status == 404)
            #expect(try await eve.post("/v1/runs/\(run)/cancellation").status == 404)
            #expect(try await eve.post("/v1/runs/\(run)/retries").status == 404)
            #expect(try await eve.get("/v1/llm-configs/\(provider)").status == 404)
            #expect(try await eve.delete("/v1/llm-configs/\(provider)").status == 404)
            #expect(try await eve.post("/v1/llm-configs/\(provider)/test").status == 404)
            #expect(try await eve.patch("/v1/models/\(model)", #"{"display_name":"x"}"#).status == 404)
            let own = try await eve.newConversation()
            let borrowed = #"{"content":"x","model_id":"\#(model)"}"#
            #expect(try await eve.post("/v1/conversations/\(own)/messages", borrowed).status == 422)
            #expect(try await eve.post("/v1/models", #"{"llm_id":"\#(provider)","name":"x"}"#).status == 422)
        }
    }

    @Test(arguments: [
        ("GET", "/v1/users/me"), ("GET", "/v1/conversations"), ("POST", "/v1/conversations"),
        ("GET", "/v1/llm-configs"), ("GET", "/v1/models"), ("GET", "/v1/agents"),
    ])
    func asksWhoIsThere(method: String, path: String) async throws {
        try await TestServer.run { caller in
            let answer = try await caller.call(
                HTTPRequest.Method(method) ?? .get,
                path,
                body: method == "POST" ? "{}" : nil
            )
            #expect(answer.status == 401)
            #expect(answer.headers[.wwwAuthenticate] == "Bearer")
        }
    }
}
