import Engine
import Foundation
import HTTPTypes
import Storage
import Testing
import Web

@Suite struct StreamTests {
    @Test func aConversationIsToldFromAnyPlace() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            try await ada.addModel()
            let id = try await ada.newConversation()
            let path = "/v1/conversations/\(id)/events?follow=false"
            #expect(try await Frame.all(in: ada.get(path).text).map(\.id) == ["0"])
            for words in ["one two", "three four"] {
                let sent = try await ada.post("/v1/conversations/\(id)/messages", #"{"content":"\#(words)"}"#)
                #expect(sent.status == 201)
            }
            let all = try await Frame.all(in: ada.get(path, headers: [.lastEventID: "0"]).text)
            let events = all.dropFirst()
            #expect(events.filter { $0.record.contains("message_received") }.count == 2)
            #expect(events.filter { $0.record.contains(#""state":"completed""#) }.count == 2)
            for place in stride(from: 0, to: all.count, by: 3) {
                let rest = try await ada.get(path, headers: [.lastEventID: all[place].id])
                #expect(Frame.all(in: rest.text).dropFirst() == all[(place + 1)...], "after \(all[place].id)")
            }
            // By number, in the newest turn; and nothing that is over for who has no place.
            let second = events.filter { $0.run == all.last?.run }
            let later = try await Frame.all(in: ada.get(path + "&after=3").text).dropFirst()
            #expect(later.map(\.record) == second.dropFirst(3).map(\.record))
            #expect(try await Frame.all(in: ada.get(path).text).count == 1)
            // By the run of a turn, from its beginning.
            for (run, wanted) in [(events.first?.run, Array(events)), (all.last?.run, second)] {
                let told = try await Frame.all(in: ada.get(path + "&after=\(run ?? "")").text).dropFirst()
                #expect(told.map(\.record) == wanted.map(\.record))
            }
            #expect(try await ada.get(path + "&after=nonsense").status == 422)
            #expect(try await ada.get(path + "&after=-1").status == 422)
        }
    }

    @Test func whatConcernsAPersonIsToldToThemAlone() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let ben = try await caller.newcomer("ben")
            try await ada.addModel()
            let greeting = try await Frame.all(in: ada.get("/v1/events?follow=false").text)
            let theirs = try await Frame.all(in: ben.get("/v1/events?follow=false").text)
            #expect(greeting.last?.record.contains(#""status":"connected""#) == true)
            let id = try await ada.newConversation()
            #expect(try await ada.post("/v1/conversations/\(id)/messages", #"{"content":"echo"}"#).status == 201)
            #expect(try await ada.patch("/v1/conversations/\(id)", #"{"title":"Named"}"#).status == 200)

            let path = "/v1/events?follow=false&after="
            let all = try await told(path + (greeting.last?.id ?? ""), to: ada) {
                $0.last?.record.contains("Named") == true
            }
            let records = all.dropFirst(2).map(\.record)
            #expect(all.contains { $0.record.contains(#""status":"resumed""#) })
            for state in ["queued", "running", "completed"] {
                #expect(records.contains { $0.contains("run_status") && $0.contains(#""state":"\#(state)""#) })
            }
            #expect(records.last?.contains("conversation_title") == true && records.last?.contains("Named") == true)
            #expect(!records.contains { $0.contains("content_stream") })
            for place in 2..<all.count {
                let rest = try await told(path + all[place].id, to: ada) { $0.count >= 2 + all.count - (place + 1) }
                #expect(rest.dropFirst(2).map(\.record) == Array(all[(place + 1)...].map(\.record)))
            }
            let foreign = try await Frame.all(in: ben.get(path + (theirs.last?.id ?? "")).text)
            #expect(foreign.count == 2)
            #expect(try await ada.get(path + "nonsense").status == 422)
            // What is too old, or of another database, leads nowhere.
            for place in ["1-1-1", "9000000000000000-1-\(Int(Date().timeIntervalSince1970))"] {
                let begun = try await Frame.all(in: ada.get(path + place).text)
                #expect(begun.last?.record.contains(#""status":"connected""#) == true)
            }
        }
    }

    /// What is told at once waits for every older transaction of the whole cluster, the making of another test's database
    /// among them, but not for long: it is read anew until it is whole.
    private func told(_ path: String, to caller: Caller, isWhole: ([Frame]) -> Bool) async throws -> [Frame] {
        var frames: [Frame] = []
        try await eventually("all is told at \(path)", within: .seconds(60)) {
            frames = try await Frame.all(in: caller.get(path).text)
            return isWhole(frames)
        }
        return frames
    }

    @Test func aPersonHasSoManyStreams() async throws {
        let desk = StreamDesk(limit: 2)
        let (ada, ben) = (Self.reader(), Self.reader())
        let first = try desk.open(ada, conversation: nil)
        do {
            _ = try desk.open(ada, conversation: nil)
            let second = try desk.open(ada, conversation: nil)
            #expect(throws: WebError.self) { try desk.open(ada, conversation: nil) }
            _ = try desk.open(ben, conversation: nil)
            #expect(desk.count == 2)
            withExtendedLifetime(second) {}
        }
        #expect(desk.count == 1)
        withExtendedLifetime(first) {}
    }

    /// Completions and agents asked over MCP are streams like any other: one too many is refused before anything is begun.
    @Test func noStreamIsBeyondTheLimit() async throws {
        try await TestServer.runSite { site in
            let ada = try await Caller(client: site.client).newcomer("ada")
            try await ada.addModel()
            let me = try #require(UUID(uuidString: try await ada.get("/v1/users/me").string("data.user_id") ?? ""))
            let reader = StreamReader(user: me, organisation: UUID(), credential: .session(UUID()))
            let open = site.services.streams
            let passes = try (0..<open.limit).map { _ in try open.open(reader, conversation: nil) }
            for model in ["large", "assistant"] {
                let body = #"{"model":"\#(model)","stream":true,"messages":[{"role":"user","content":"echo"}]}"#
                #expect(try await ada.post("/openai/v1/chat/completions", body).status == 429, "\(model)")
            }
            let ask = #"{"name":"ask_agent","arguments":{"message":"echo"}}"#
            let call = #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":\#(ask)}"#
            #expect(try await ada.post("/mcp", call, headers: [.accept: "text/event-stream"]).status == 429)
            #expect(try await ada.get("/v1/runs").number("pagination.total") == 0)
            withExtendedLifetime(passes) {}
        }
    }

    /// Nor are those of events. Whoever closes one may open another.
    @Test(arguments: ["/v1/events", "/v1/conversations/{conversation}/events", "/v1/runs/{run}/events"])
    func eventStreamsAreCounted(_ path: String) async throws {
        try await TestServer.runSite { site in
            let ada = try await Caller(client: site.client).newcomer("ada")
            try await ada.addModel()
            let conversation = try await ada.newConversation()
            let messages = "/v1/conversations/\(conversation)/messages"
            #expect(try await ada.post(messages, #"{"content":"echo"}"#).status == 201)
            let run = try await ada.get("/v1/runs").string("data.0.run_id") ?? ""
            let address = path.replacing("{conversation}", with: conversation).replacing("{run}", with: run)
            let whole = path.contains("{run}") ? address : address + "?follow=false"
            let me = try #require(UUID(uuidString: try await ada.get("/v1/users/me").string("data.user_id") ?? ""))
            let reader = StreamReader(user: me, organisation: UUID(), credential: .session(UUID()))
            let open = site.services.streams
            var passes = try (0..<open.limit).map { _ in try open.open(reader, conversation: nil) }
            let refused = try await ada.get(address)
            #expect(refused.status == 429 && refused.string("error.code") == "RATE_LIMITED")
            #expect(refused.headers[.retryAfter] == "5")
            passes.removeLast()
            let told = try await ada.get(whole)
            #expect(told.status == 200 && told.text.hasPrefix("retry: 1000"))
            try await eventually("what is over counts no more") { open.count == passes.count }
            withExtendedLifetime(passes) {}
        }
    }

    /// A warning is a state of its run.
    @Test func aBudgetsWarningIsTold() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            try await ada.addModel()
            let model = try await ada.get("/v1/models").string("data.0.model_id") ?? ""
            let price = #"{"pricing":{"input_tokens":1,"output_tokens":1000,"currency":"USD"},"max_tokens":300}"#
            #expect(try await ada.patch("/v1/models/\(model)", price).status == 200)
            let terms = #"{"scope":"user","period":"run","amount":5,"warn_at":1,"name":"Turn"}"#
            #expect(try await ada.post("/v1/budgets", terms).status == 201)
            let place = try await Frame.all(in: ada.get("/v1/events?follow=false").text).last?.id ?? ""
            let id = try await ada.newConversation()
            #expect(try await ada.post("/v1/conversations/\(id)/messages", #"{"content":"echo"}"#).status == 201)
            let frames = try await told("/v1/events?follow=false&after=\(place)", to: ada) { frames in
                frames.contains { $0.string("state") == "completed" }
            }
            let warnings = frames.filter { $0.string("reason") == "budget_warning: Turn" }
            #expect(warnings.map(\.type) == ["run_status"])
            #expect((warnings.first?["budget"] as? [String: Any])?["amount"] as? Double == 5)
        }
    }

    /// What a key may was decided when it was made: its person's role, which is another, ends nothing.
    @Test func anAdministratorsKeyReadsOn() async throws {
        try await TestServer.runSite { site in
            let root = try await site.store.register(
                email: "root@example.com",
                password: Secret("correct horse 9"),
                nickname: "root",
                language: "en",
                status: .active,
                isSuperuser: true
            )
            for scope in [APIKey.Scope.mcp, .api, .admin] {
                let made = try await site.store.createAPIKey(name: "k", scopes: [scope], days: 1, by: root.principal)
                let known = try #require(try await site.store.identity(apiKey: made.secret))
                let identity = Identity(user: known.user, principal: known.principal, key: known.key)
                let reader = try #require(StreamReader(identity))
                #expect(try await site.store.readersToDismiss(among: [reader]).isEmpty, "\(scope)")
            }
        }
    }

    @Test func bellsRingForThoseWhomItConcerns() async throws {
        let desk = StreamDesk()
        let (ada, ben, talk) = (Self.reader(), Self.reader(), UUID())
        let all = try desk.open(ada, conversation: nil)
        let one = try desk.open(ada, conversation: talk)
        let other = try desk.open(ada, conversation: UUID())
        let foreign = try desk.open(ben, conversation: nil)
        // Everybody looks once when they come.
        for pass in [all, one, other, foreign] { #expect(pass.take().isTold) }
        desk.told(of: ada.user, in: talk)
        #expect(all.take().isTold && one.take().isTold)
        #expect(!other.take().isTold && !foreign.take().isTold)
        desk.toldAll()
        #expect(other.take().isTold && foreign.take().isTold)
        desk.close()
        await all.bell.wait()
        if case .serverEnds = all.take().end {} else { Issue.record("It goes on.") }
    }

    /// Organisations are made without number.
    @Test func aPersonsStreamsAreCountedInAllOrganisations() throws {
        let desk = StreamDesk(limit: 2)
        let person = UUID()
        func reader() -> StreamReader {
            StreamReader(user: person, organisation: UUID(), credential: .session(UUID()))
        }
        let first = try desk.open(reader(), conversation: nil)
        var second: StreamPass? = try desk.open(reader(), conversation: nil)
        #expect(throws: WebError.self) { try desk.open(reader(), conversation: nil) }
        withExtendedLifetime(second) {}
        second = nil
        let third = try desk.open(reader(), conversation: nil)
        withExtendedLifetime((first, third)) {}
    }

    @Test func whoseTokenIsOverIsToldAtOnce() throws {
        let token = Credential.token(family: UUID(), issuedAt: Date() - 60, expiresAt: Date() - 1)
        let reader = StreamReader(user: UUID(), organisation: UUID(), credential: token)
        let pass = try StreamDesk().open(reader, conversation: nil)
        if case .dismissed = pass.take().end {} else { Issue.record("It goes on.") }
    }

    private static func reader() -> StreamReader {
        StreamReader(user: UUID(), organisation: UUID(), credential: .session(UUID()))
    }
}
