import Engine
import Foundation
import NIOCore
import Postgres
import Storage
import Testing

@testable import Web

/// How long a socket lasts, and how it ends: with clocks that go fast.
@Suite struct SocketSessionTests {
    /// As the documents have it. Whoever may no longer read is found within five seconds.
    @Test func theTimesAreThosePromised() {
        let times = StreamTimes()
        #expect(times.recheck <= .seconds(5) && times.tick <= .seconds(1))
        #expect(times.heartbeat == .seconds(15) && times.patience == .seconds(45))
    }

    @Test func theServerAsksForASignOfLife() async throws {
        try await withSocket(Self.times(heartbeat: .milliseconds(20))) { socket, _ in
            for _ in 0..<3 {
                let ping = try await socket.hear(.ping)
                #expect(ping.content.isEmpty)
            }
            #expect(socket.isOpen)
        }
    }

    @Test func whoeverSaysNothingIsGivenUp() async throws {
        let patience = Duration.milliseconds(200)
        let start = ContinuousClock.now
        try await withSocket(Self.times(heartbeat: .milliseconds(20), patience: patience)) { socket, _ in
            let goodbye = try await socket.hear(.close)
            #expect(goodbye.code == 1001 && goodbye.reason == "No sign of life.")
            #expect(ContinuousClock.now - start >= patience)
        }
    }

    /// Be it a pong, a message or a part of one.
    @Test func whateverComesIsASignOfLife() async throws {
        try await TestSocket.run { socket in
            for frame in [ClientFrame(0xA), ClientFrame(0x9), .text("x"), ClientFrame(0x1, "x", isFinal: false)] {
                let before = ContinuousClock.now
                #expect(socket.link.heardAt < before)
                try await socket.send(frame)
                #expect(socket.link.heardAt >= before, "\(frame.testDescription)")
            }
        }
    }

    /// Although nothing else happens: a bell is rung for it.
    @Test func aTokensEndEndsTheSocket() async throws {
        try await withSocket(Self.times(), tokenLasts: 0.3) { socket, _ in
            let goodbye = try await socket.hear(.close)
            #expect(goodbye.code == 1008 && goodbye.reason == "You are signed out.")
        }
    }

    @Test func whoeverIsDisabledIsSentAway() async throws {
        try await withSocket(Self.times(recheck: .milliseconds(20))) { socket, site in
            #expect(try await socket.hear(.text).text.contains("connection_status"))
            try await site.database.administrator.query("update users set status = 'disabled'")
            #expect(try await socket.hear(.close).code == 1008)
        }
    }

    @Test func aFloodIsToldWhatItIs() async throws {
        try await withSocket(Self.times()) { socket, _ in
            try await socket.send(Array(repeating: Self.ping, count: 2000))
            let said = try await socket.hearAll()
            #expect(said.last?.code == 1008)
            let refusal = said.last(where: { $0.kind == .text })?.text ?? ""
            #expect(refusal.contains(#""error_code":"RATE_LIMITED""#) && refusal.contains(#""retry_after":1"#))
            #expect(said.count(where: { $0.text.contains(#""type":"pong""#) }) >= 60)
        }
    }

    // MARK: - Last words

    /// A program that says something and leaves has said it.
    @Test(arguments: [1000, 1014, 4000] as [UInt16])
    func whatWasSaidBeforeAGoodbyeIsAnswered(_ code: UInt16) async throws {
        try await withSocket(Self.times()) { socket, _ in
            try await socket.send(Self.ping, Self.named("last"), .close(code), .close(1001), Self.named("too late"))
            let said = try await socket.hearAll()
            #expect(said.map(\.kind) == [.text, .text, .text, .close] && said.last?.code == code)
            #expect(said.dropFirst().first?.text.contains(#""type":"pong""#) == true)
            #expect(said.dropFirst(2).first?.text.contains(#""last""#) == true)
            try await eventually("the line is cut") { !socket.isOpen }
        }
    }

    @Test(
        arguments: [
            (ClientFrame(0x1, "x", reserved: 0x40), 1002), (ClientFrame(0x2, "x"), 1003),
            (ClientFrame(0x1, [0xFF]), 1007),
        ] as [(ClientFrame, UInt16)]
    )
    func whatWasSaidBeforeAMistakeIsAnswered(_ mistake: ClientFrame, _ code: UInt16) async throws {
        try await withSocket(Self.times()) { socket, _ in
            try await socket.send(Self.named("last"), mistake, Self.named("too late"))
            let said = try await socket.hearAll()
            #expect(said.map(\.kind) == [.text, .text, .close] && said.last?.code == code)
            #expect(said.dropFirst().first?.text.contains(#""last""#) == true)
        }
    }

    /// What came whole is done, also for somebody who did not wait for the answer.
    @Test func whatWasSaidBeforeTheLineWasCutIsDone() async throws {
        try await TestServer.runSite { site in
            let ada = try await Caller(client: site.client).newcomer("ada")
            try await ada.addModel()
            try await TestSocket.run(site, as: ada) { socket in
                #expect(try await socket.hear().text.contains("connection_status"))
                try await socket.send(.text(#"{"type":"user_message","data":{"content":"goodbye"}}"#))
                await socket.hangUp()
            }
            #expect(try await ada.get("/v1/runs").number("pagination.total") == 1)
        }
    }

    /// A task that is held up, or a client that does not answer, keeps a line open for two seconds.
    @Test func nobodyIsWaitedForLong() async throws {
        try await TestSocket.run { socket in
            try await socket.send(.text("x"), .close(1000))
            await socket.wait(.seconds(1))
            #expect(socket.isOpen)
            await socket.wait(.seconds(1))
            #expect(try await socket.hear().code == 1000)
            #expect(!socket.isOpen)
        }
        try await TestSocket.run { socket in
            socket.link.close(.away("The server ends."))
            let end = try await socket.hear()
            #expect(end.code == 1001)
            await socket.wait(.seconds(1))
            #expect(socket.isOpen)
            await socket.wait(.seconds(1))
            #expect(!socket.isOpen)
        }
    }

    /// What follows it is read for nobody, so that the line can be cut in peace.
    @Test func nothingIsHeardAfterAGoodbye() async throws {
        try await TestSocket.run { socket in
            try await socket.send(.close(1000), ClientFrame(0x9, "anybody?"), .text("x"), ClientFrame(0x3))
            let words = socket.link.take()
            guard words.count == 1, case .end(let end) = words[0] else {
                Issue.record("\(words)")
                return
            }
            #expect(end == .answer(1000))
            socket.link.close(end)
            let said = try await socket.hear()
            #expect(said.kind == .close && said.code == 1000 && said.reason.isEmpty)
            try await eventually("the line is cut") { !socket.isOpen }
        }
    }

    // MARK: -

    private static let ping = ClientFrame.text(#"{"type":"ping"}"#)

    /// Something that nobody can do: the answer names it.
    private static func named(_ name: String) -> ClientFrame {
        .text(#"{"type":"dance","data":{"message_id":"\#(name)"}}"#)
    }

    /// What is not named is never due.
    private static func times(
        recheck: Duration = .seconds(3600),
        heartbeat: Duration = .seconds(3600),
        patience: Duration = .seconds(3600)
    ) -> StreamTimes {
        var times = StreamTimes()
        (times.recheck, times.heartbeat, times.patience) = (recheck, heartbeat, patience)
        times.tick = .milliseconds(5)
        return times
    }

    private func withSocket(
        _ times: StreamTimes,
        tokenLasts: TimeInterval? = nil,
        _ body: @escaping @Sendable (TestSocket, TestSite) async throws -> Void
    ) async throws {
        try await TestServer.runSite(streams: StreamDesk(times: times)) { site in
            let ada = try await Caller(client: site.client).newcomer("ada")
            try await TestSocket.run(site, as: ada, tokenLasts: tokenLasts) { try await body($0, site) }
        }
    }
}
