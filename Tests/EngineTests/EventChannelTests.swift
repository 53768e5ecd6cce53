import Foundation
import Testing

@testable import Engine

/// What is known of a run without asking the journal.
@Suite struct EventChannelTests {
    private func event(_ sequence: Int64) -> RunEvent {
        RunEvent(sequence: sequence, kind: .contentStream, data: "{}", timestamp: Date(timeIntervalSince1970: 0))
    }

    private func sequences(_ view: EventChannel.View) -> [Int64]? {
        if case .events(let events) = view { events.map(\.sequence) } else { nil }
    }

    private func isBehind(_ view: EventChannel.View) -> Bool { if case .behind = view { true } else { false } }

    @Test func whoReadsAlongHearsTheEndFromMemory() {
        var channel = EventChannel()
        channel.begin(after: 2)
        _ = channel.publish([event(3)])
        let now = ContinuousClock.now
        _ = channel.finish([event(4), event(5)], at: now)
        #expect(sequences(channel.view(after: 2)) == [3, 4, 5] && sequences(channel.view(after: 3)) == [4, 5])
        #expect(channel.hasNews(after: 3) && channel.isOfUse)
        // Nothing follows, and whether that is so the journal knows.
        #expect(isBehind(channel.view(after: 5)) && isBehind(channel.view(after: 1)))
        _ = channel.takeLate(at: now + EventChannel.afterglow)
        #expect(isBehind(channel.view(after: 3)) && !channel.isOfUse && !channel.isTimed)
    }

    @Test func aRunThatGoesOnIsReadAsEver() {
        var channel = EventChannel()
        channel.begin(after: 0)
        let now = ContinuousClock.now
        _ = channel.finish([event(1)], at: now)
        channel.begin(after: 1)
        _ = channel.takeLate(at: now + .seconds(60))
        if case .current = channel.view(after: 1) {} else { Issue.record("It has been forgotten.") }
        _ = channel.publish([event(2)])
        #expect(sequences(channel.view(after: 1)) == [2])
    }

    /// Another node went on with a run that rests here: who reads has seen more than is known here, and waits for the bell.
    @Test func aReaderAheadWaits() {
        var channel = EventChannel()
        channel.begin(after: 0)
        _ = channel.finish([event(1)], at: .now)
        #expect(isBehind(channel.view(after: 3)))
        #expect(!channel.hasNews(after: 3) && !channel.hasNews(after: 1) && channel.hasNews(after: 0))
    }

    @Test func whatIsWrittenElsewhereStaysElsewhere() {
        var channel = EventChannel()
        _ = channel.finish([event(9)], at: .now)
        #expect(isBehind(channel.view(after: 8)) && !channel.isOfUse)
    }
}
