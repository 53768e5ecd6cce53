import Foundation
import Testing

@testable import Egress

/// How much may pass, for how long, and what is told of it.
@Suite struct EgressRecordTests {
    private static func limits(_ bytes: Int, each period: Duration?) -> EgressLimits {
        var limits = EgressLimits()
        (limits.bytes, limits.period) = (bytes, period)
        return limits
    }

    @Test func inANewPeriodAsMuchMayPassAgain() {
        let (record, begin) = (EgressRecord(), ContinuousClock.now)
        let limits = Self.limits(100, each: .seconds(60))
        let place = record.connection(to: "a.test:443")
        #expect(record.counts(60, sent: place, limits, at: begin))
        #expect(!record.counts(60, received: place, limits, at: begin + .seconds(59)))
        #expect(!record.hasRoom(limits, at: begin + .seconds(59)))
        #expect(record.hasRoom(limits, at: begin + .seconds(60)))
        #expect(record.counts(60, received: place, limits, at: begin + .seconds(61)))
        #expect(record.traffic.map(\.sentBytes) == [60] && record.traffic.map(\.receivedBytes) == [60])
    }

    @Test func withoutAPeriodItIsForAllTime() {
        let (record, begin) = (EgressRecord(), ContinuousClock.now)
        let limits = Self.limits(100, each: nil)
        let place = record.connection(to: "a.test:443")
        #expect(!record.counts(101, sent: place, limits, at: begin))
        #expect(!record.hasRoom(limits, at: begin + .seconds(40 * 86_400)))
    }

    @Test func aRefusalIsToldOnceAPeriod() {
        let told = Told()
        let (record, begin) = (EgressRecord { told.add("\($0.place) \($0.reason)") }, ContinuousClock.now)
        let limits = Self.limits(100, each: .seconds(60))
        #expect(record.enters(limits, at: begin))
        let place = record.connection(to: "a.test:443")
        for _ in 0..<3 { record.refuse("b.test:443", "is not on this server's list") }
        for _ in 0..<3 { #expect(!record.counts(101, sent: place, limits, at: begin)) }
        let once = [
            "b.test:443 is not on this server's list",
            "a.test:443 is cut off, because 100 bytes in 60 seconds are used up",
        ]
        #expect(told.all == once)
        #expect(record.enters(limits, at: begin + .seconds(60)))
        record.refuse("b.test:443", "is not on this server's list")
        #expect(told.all == once + once.prefix(1))
    }

    @Test func volumesAreSaidInWords() {
        #expect(EgressLimits().volume == "512 MB in all" && EgressLimits.lasting.volume == "512 MB an hour")
    }

    @Test func whoComesWhenAllIsUsedUpIsToldSo() async throws {
        let server = try ScriptedServer { peer in
            guard peer.request() != nil else { return }
            peer.answer(200, "Connection: close\r\n", String(repeating: "x", count: 4096))
        }
        let proxy = try ProxyBench(limits: Self.limits(1000, each: nil), of: .server) { host, _ in host == "127.0.0.1" }
        let request = "GET \(server.url)/ HTTP/1.1\r\n\r\n"
        #expect(await proxy.say(Array(request.utf8)).count <= 1000)
        let answer = await proxy.say(request)
        #expect(answer.hasPrefix("HTTP/1.1 403 ") && answer.contains("1000 bytes in all are used up."))
        #expect(await proxy.say("CONNECT b.test:443 HTTP/1.1\r\n\r\n").contains("is not on this server's list."))
    }
}

private final class Told: @unchecked Sendable {
    // Guarded by `lock`.
    private var lines: [String] = []
    private let lock = NSLock()

    var all: [String] { lock.withLock { lines } }

    func add(_ line: String) { lock.withLock { lines.append(line) } }
}
