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
}
