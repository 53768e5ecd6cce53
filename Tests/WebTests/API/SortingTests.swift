import Foundation
import Postgres
import Testing

/// Lists come in the order that was asked for.
@Suite struct SortingTests {
    private func column(_ field: String, _ answer: Answer) -> [String] {
        (0..<(answer.count("data") ?? 0)).compactMap { answer.string("data.\($0).\(field)") }
    }

    /// Ada was there first and here last, her name is now behind Bob's, and she alone has said something.
    @Test func accountsByEachOfTheirFieldsAndTheOtherWayRound() async throws {
        try await TestServer.runSite { site in
            let root = try await site.administrator()
            let ada = try await Caller(client: site.client).newcomer("ada")
            _ = try await Caller(client: site.client).newcomer("bob")
            #expect(try await ada.put("/v1/users/me", #"{"nickname":"Zoe"}"#).status == 200)
            try await ada.addModel()
            let talk = try await ada.newConversation()
            #expect(try await ada.post("/v1/conversations/\(talk)/messages", #"{"content":"hello"}"#).status == 201)
            try await site.database.administrator.query(
                "update users set last_login_at = now() + interval '1 hour' where email = 'ada@example.com'"
            )
            func emails(_ sort: String) async throws -> [String] {
                try await column("email", root.get("/v1/users?role=member\(sort)"))
            }
            let (her, his) = ("ada@example.com", "bob@example.com")
            #expect(try await emails("") == [his, her], "the newest first")
            for (field, upwards) in [
                ("created_at", [her, his]), ("last_login_at", [his, her]), ("nickname", [his, her]),
                ("email", [her, his]), ("total_messages", [his, her]),
            ] {
                #expect(try await emails("&sort=\(field)") == upwards, "\(field)")
                #expect(try await emails("&sort=-\(field)") == Array(upwards.reversed()), "-\(field)")
            }
        }
    }

    /// Of three runs each order is another one.
    @Test func runsByTheirTimes() async throws {
        try await TestServer.runSite { site in
            let root = try await site.administrator()
            let ada = try await Caller(client: site.client).newcomer("ada")
            try await ada.addModel()
            let talk = try await ada.newConversation()
            var runs: [String] = []
            for (started, finished) in [(3, 11), (1, 13), (2, 12)] {
                let sent = try await ada.post("/v1/conversations/\(talk)/messages", #"{"content":"hello"}"#)
                let run = try #require(sent.string("data.run_id"), "\(sent.text)")
                runs.append(run)
                let id = try #require(UUID(uuidString: run))
                try await site.database.administrator.query(
                    """
                    update runs set started_at = \(Date(timeIntervalSince1970: Double(started) * 3600))::timestamptz,
                        finished_at = \(Date(timeIntervalSince1970: Double(finished) * 3600))::timestamptz
                    where run_id = \(id)
                    """
                )
            }
            for (sort, order) in [
                ("", [2, 1, 0]), ("?sort=-created_at", [2, 1, 0]), ("?sort=created_at", [0, 1, 2]),
                ("?sort=-started_at", [0, 2, 1]), ("?sort=-finished_at", [1, 2, 0]),
            ] {
                let wanted = order.map { runs[$0] }
                #expect(try await column("run_id", ada.get("/v1/runs\(sort)")) == wanted, "\(sort)")
                #expect(try await column("run_id", root.get("/v1/admin/runs\(sort)")) == wanted, "\(sort)")
            }
        }
    }

    @Test func messagesFromEitherEnd() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            try await ada.addModel()
            let path = "/v1/conversations/\(try await ada.newConversation())/messages"
            for words in ["one", "two"] {
                #expect(try await ada.post(path, #"{"content":"\#(words)"}"#).status == 201)
            }
            func said(_ query: String) async throws -> [String] {
                try await column("content", ada.get(path + query))
            }
            let all = ["one", "one ", "two", "two "]
            #expect(try await said("") == all)
            #expect(try await said("?order=asc") == all)
            #expect(try await said("?order=desc") == Array(all.reversed()))
            #expect(try await said("?order=desc&per_page=1") == ["two "], "the pages go that way, too")
            #expect(try await said("?order=desc&per_page=3&page=2") == ["one"])
            #expect(try await ada.get(path + "?order=sideways").status == 422)
        }
    }
}
