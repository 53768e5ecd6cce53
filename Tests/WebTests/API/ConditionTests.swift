import HTTPTypes
import HummingbirdTesting
import Testing
import Web

/// Reads that say what they are of, and changes that depend on it; addresses and methods that are not there.
@Suite struct ConditionTests {
    @Test func aReadIsAnsweredOnceAsLongAsNothingChanges() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let path = "/v1/conversations/\(try await ada.newConversation())"
            let first = try await ada.get(path)
            let tag = try #require(first.headers[.eTag])
            #expect(
                try await ada.get(path).headers[.eTag] == tag,
                "what is told when and by which request is no part of it"
            )
            let again = try await ada.get(path, headers: [.ifNoneMatch: "\"x\", \(tag)"])
            #expect(again.status == 304 && again.text.isEmpty && again.headers[.eTag] == tag)
            _ = try await ada.patch(path, #"{"title":"Other"}"#)
            let changed = try await ada.get(path, headers: [.ifNoneMatch: tag])
            #expect(changed.status == 200 && changed.headers[.eTag] != tag)
            let list = try await ada.get("/v1/conversations")
            let known: HTTPFields = [.ifNoneMatch: try #require(list.headers[.eTag])]
            #expect(try await ada.get("/v1/conversations", headers: known).status == 304)
        }
    }

    @Test func aChangeMayDependOnWhatWasSeen() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let path = "/v1/conversations/\(try await ada.newConversation())"
            let tag = try #require(try await ada.get(path).headers[.eTag])
            let mine = try await ada.patch(path, #"{"title":"Mine"}"#, headers: [.ifMatch: tag])
            #expect(mine.status == 200)
            let late = try await ada.patch(path, #"{"title":"Late"}"#, headers: [.ifMatch: tag])
            #expect(late.status == 412 && late.string("error.code") == "PRECONDITION_FAILED")
            #expect(try await ada.get(path).string("data.title") == "Mine")
            #expect(try await ada.patch(path, #"{"title":"Any"}"#, headers: [.ifMatch: "*"]).status == 200)
            #expect(try await ada.call(.delete, path, body: nil, headers: [.ifMatch: tag]).status == 412)
            #expect(try await ada.delete(path).status == 204)
        }
    }

    @Test func ofManyWhoSawTheSameOneGetsTheirWay() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let path = "/v1/conversations/\(try await ada.newConversation())"
            let tag = try #require(try await ada.get(path).headers[.eTag])
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<6 {
                    group.addTask {
                        try await ada.patch(path, #"{"title":"Mine \#(index)"}"#, headers: [.ifMatch: tag]).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [200, 412, 412, 412, 412, 412])
        }
    }

    @Test func anAddressSaysWhichMethodsItTakes() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let wrong = try await caller.client.execute(uri: "/v1/agents", method: .delete) { Answer($0) }
            #expect(wrong.status == 405 && wrong.string("error.code") == "METHOD_NOT_ALLOWED")
            #expect(wrong.headers[.allow] == "HEAD, GET, POST")
            let exact = try await caller.client.execute(uri: "/v1/models/default", method: .get) { Answer($0) }
            #expect(exact.status == 405 && exact.headers[.allow] == "PUT")
            let nothing = try await ada.get("/v1/nonsense")
            #expect(nothing.status == 404 && nothing.string("error.code") == "NOT_FOUND")
            #expect(nothing.string("meta.request_id") != nil)
        }
    }

    @Test func aRequestKeepsItsName() async throws {
        try await TestServer.run { caller in
            let named = try await caller.get("/v1/nonsense", headers: [.xRequestID: "mine-1"])
            #expect(named.headers[.xRequestID] == "mine-1" && named.string("meta.request_id") == "mine-1")
            let odd = try await caller.get("/v1/nonsense", headers: [.xRequestID: "not <sane>"])
            #expect(odd.headers[.xRequestID]?.hasPrefix("req_") == true)
        }
    }

    @Test func onlyNamedOriginsMayRead() async throws {
        try await TestServer.runSite(corsOrigins: ["https://tools.example.org"]) { site in
            let caller = Caller(client: site.client)
            let ours: HTTPFields = [.origin: "https://tools.example.org", .accessControlRequestMethod: "POST"]
            let asked = try await caller.call(.options, "/v1/conversations", body: nil, headers: ours)
            #expect(asked.status == 204 && asked.headers[.accessControlAllowMethods]?.contains("PATCH") == true)
            #expect(asked.headers[.accessControlAllowHeaders]?.contains("X-API-Key") == true)
            let read = try await caller.get("/v1/conversations", headers: [.origin: "https://tools.example.org"])
            #expect(read.status == 401 && read.headers[.accessControlAllowOrigin] == "https://tools.example.org")
            #expect(read.headers[.accessControlAllowCredentials] == nil)
            let other = try await caller.get("/v1/conversations", headers: [.origin: "https://evil.example.org"])
            #expect(other.headers[.accessControlAllowOrigin] == nil && other.headers[.vary] == "Origin")
            let page = try await caller.get("/sign-in", headers: [.origin: "https://tools.example.org"])
            #expect(page.headers[.accessControlAllowOrigin] == nil, "pages are nobody else's to read")
        }
        try await TestServer.run { caller in
            let asked: HTTPFields = [.origin: "https://tools.example.org", .accessControlRequestMethod: "GET"]
            let answer = try await caller.call(.options, "/v1/agents", body: nil, headers: asked)
            #expect(answer.headers[.accessControlAllowOrigin] == nil, "off where nobody says otherwise")
        }
    }
}
