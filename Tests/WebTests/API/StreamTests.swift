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
            #expect(try await TextFrame.all(in: ada.get(path).text).map(\.id) == ["0"])
            for words in ["one two", "three four"] {
                let sent = try await ada.post("/v1/conversations/\(id)/messages", #"{"content":"\#(words)"}"#)
                #expect(sent.status == 201)
            }
            let all = try await TextFrame.all(in: ada.get(path, headers: [.lastEventID: "0"]).text)
            let events = all.dropFirst()
            #expect(events.filter { $0.record.contains("message_received") }.count == 2)
            #expect(events.filter { $0.record.contains(#""state":"completed""#) }.count == 2)
            for place in stride(from: 0, to: all.count, by: 3) {
                let rest = try await ada.get(path, headers: [.lastEventID: all[place].id])
                #expect(TextFrame.all(in: rest.text).dropFirst() == all[(place + 1)...], "after \(all[place].id)")
            }
            // By number, in the newest turn; and nothing that is over for who has no place.
            let second = events.filter { $0.run == all.last?.run }
            let later = try await TextFrame.all(in: ada.get(path + "&after=3").text).dropFirst()
            #expect(later.map(\.record) == second.dropFirst(3).map(\.record))
            #expect(try await TextFrame.all(in: ada.get(path).text).count == 1)
            #expect(try await ada.get(path + "&after=nonsense").status == 422)
            #expect(try await ada.get(path + "&after=-1").status == 422)
        }
    }

    @Test func whatConcernsAPersonIsToldToThemAlone() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let ben = try await caller.newcomer("ben")
            try await ada.addModel()
            let greeting = try await TextFrame.all(in: ada.get("/v1/events?follow=false").text)
            let theirs = try await TextFrame.all(in: ben.get("/v1/events?follow=false").text)
            #expect(greeting.last?.record.contains(#""status":"connected""#) == true)
            let id = try await ada.newConversation()
            #expect(try await ada.post("/v1/conversations/\(id)/messages", #"{"content":"echo"}"#).status == 201)
            #expect(try await ada.patch("/v1/conversations/\(id)", #"{"title":"Named"}"#).status == 200)

            let path = "/v1/events?follow=false&after="
            let all = try await TextFrame.all(in: ada.get(path + (greeting.last?.id ?? "")).text)
            let records = all.dropFirst(2).map(\.record)
            #expect(all.contains { $0.record.contains(#""status":"resumed""#) })
            for state in ["queued", "running", "completed"] {
                #expect(records.contains { $0.contains("run_status") && $0.contains(#""state":"\#(state)""#) })
            }
            #expect(records.last?.contains("conversation_title") == true && records.last?.contains("Named") == true)
            #expect(!records.contains { $0.contains("content_stream") })
            for place in 2..<all.count {
                let rest = try await TextFrame.all(in: ada.get(path + all[place].id).text)
                #expect(rest.dropFirst(2).map(\.record) == Array(all[(place + 1)...].map(\.record)))
            }
            let foreign = try await TextFrame.all(in: ben.get(path + (theirs.last?.id ?? "")).text)
            #expect(foreign.count == 2)
            #expect(try await ada.get(path + "nonsense").status == 422)
            // What is too old, or of another database, leads nowhere.
            for place in ["1-1-1", "9000000000000000-1-\(Int(Date().timeIntervalSince1970))"] {
                let begun = try await TextFrame.all(in: ada.get(path + place).text)
                #expect(begun.last?.record.contains(#""status":"connected""#) == true)
            }
        }
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

    private static func reader() -> StreamReader {
        StreamReader(user: UUID(), organisation: UUID(), credential: .session(UUID()))
    }
}

/// One event of a stream whose ids are texts; the first may be an id alone.
private struct TextFrame: Equatable {
    let id: String
    let record: String

    static func all(in stream: String) -> [TextFrame] {
        stream.components(separatedBy: "\n\n").compactMap { block in
            let lines = block.split(separator: "\n")
            guard let id = lines.first(where: { $0.hasPrefix("id: ") })?.dropFirst(4) else { return nil }
            let data = lines.first { $0.hasPrefix("data: ") }?.dropFirst(6)
            return TextFrame(id: String(id), record: String(data ?? ""))
        }
    }

    var run: String? {
        let data = (try? JSONSerialization.jsonObject(with: Data(record.utf8)) as? [String: Any])?["data"]
        return (data as? [String: Any])?["run_id"] as? String
    }
}
