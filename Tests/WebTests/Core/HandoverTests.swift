import Engine
import NIOCore
import Testing

@testable import Web

/// What is written for one reader.
@Suite struct HandoverTests {
    @Test func allOfItComesInOrder() async throws {
        let handover = Handover()
        let writing = Task {
            for number in 0..<500 {
                let line = "\(number) " + String(repeating: ".", count: 999)
                try await handover.write { $0.writeString(line) }
            }
            handover.end()
        }
        var text = ""
        while let piece = try await handover.next() { text += String(buffer: piece) }
        try await writing.value
        let numbers = text.split(separator: ".").map { String($0.filter(\.isNumber)) }
        #expect(numbers == (0..<500).map { String($0) })
    }

    /// A call holds places at its provider and money in budgets.
    @Test func aReaderThatStopsIsNotWaitedForForEver() async throws {
        let handover = Handover(patience: .milliseconds(20))
        await #expect(throws: CancellationError.self) {
            while true { try await handover.write { $0.writeRepeatingByte(0, count: 100_000) } }
        }
        await #expect(throws: (any Error).self) {
            while try await handover.next() != nil {}
        }
    }

    private struct Refused: Error {}

    /// Somebody on the way would take silence for an end.
    @Test func aSilenceIsBrokenWhenThatIsDue() async throws {
        let bell = Signal()
        let handover = Handover(bell: bell)
        bell.ring()
        let sign = try await handover.next { StreamPass.News(isBeatDue: true) }
        #expect(sign.map { String(buffer: $0) } == ": still here\n\n")
        // It has begun, so what goes wrong from now on has to be told in words.
        #expect(!handover.refuse(Refused()))
        try await handover.write { $0.writeString("words") }
        handover.end()
        let words = try await handover.next { StreamPass.News(isBeatDue: true) }
        #expect(words.map { String(buffer: $0) } == "words")
        let end = try await handover.next { StreamPass.News() }
        #expect(end == nil)
    }

    @Test func otherNewsIsNothingToRead() async throws {
        let bell = Signal()
        let handover = Handover(bell: bell)
        let isHeard = Signal()
        bell.ring()
        let reading = Task {
            try await handover.next {
                isHeard.ring()
                return StreamPass.News(isTold: true)
            }
        }
        await isHeard.wait()
        try await handover.write { $0.writeString("words") }
        let words = try await reading.value
        #expect(words.map { String(buffer: $0) } == "words")
    }

    @Test func whatFailsBeforeItBeginsIsTheReaders() async throws {
        let handover = Handover()
        #expect(handover.refuse(Refused()))
        await #expect(throws: Refused.self) { try await handover.next { StreamPass.News(isBeatDue: true) } }
    }

    /// Also in the middle of a silence, and of what was written meanwhile.
    @Test func whoMayNoLongerReadGetsNothingMore() async throws {
        let bell = Signal()
        let handover = Handover(bell: bell)
        bell.ring()
        await #expect(throws: WebError.self) { _ = try await handover.next { StreamPass.News(end: .dismissed) } }
        try await handover.write { $0.writeString("words") }
        await #expect(throws: WebError.self) { _ = try await handover.next { StreamPass.News(end: .dismissed) } }
    }

    @Test func aReaderThatIsCancelledIsWaitedForNoLonger() async throws {
        let handover = Handover()
        let reading = Task { try await handover.next() }
        reading.cancel()
        await #expect(throws: CancellationError.self) { try await reading.value }
        await #expect(throws: CancellationError.self) { try await handover.write { $0.writeString("words") } }
    }
}
