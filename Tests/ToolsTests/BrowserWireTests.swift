import Engine
import Foundation
import Sandbox
import Testing

@testable import Tools

/// The debugging protocol against a browser that may be anything.
@Suite(.timeLimit(.minutes(3))) struct BrowserWireTests {
    private let wire: BrowserWire
    private let browser: Peer

    init() throws {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else { throw POSIXError(.EMFILE) }
        wire = BrowserWire(Descriptor(ends[0]), longestMessage: 2 << 20)
        browser = Peer(ends[1])
    }

    /// Waited for on a thread of its own: tasks share few.
    private func nextMessage() async -> JSONValue? {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [browser] in
                var bytes: [UInt8] = []
                var byte: UInt8 = 0
                while recv(browser.descriptor, &byte, 1, 0) == 1, byte != 0 { bytes.append(byte) }
                continuation.resume(returning: try? JSONValue(parsing: String(decoding: bytes, as: UTF8.self)))
            }
        }
    }

    @Test func answersFindTheirQuestions() async throws {
        let one = Task { [wire] in try await wire.ask("A.b", ["x": .number(1)], session: "s") }
        let asked = await nextMessage()
        #expect(asked?["method"] == "A.b" && asked?["sessionId"] == "s" && asked?["params"]?["x"]?.int == 1)
        let id = asked?["id"]?.int ?? 0
        browser.send("junk\0{\"id\":999,\"result\":{}}\0[]\0{\"id\":\(id),\"res")
        browser.send("ult\":{\"ok\":true}}\0{\"id\":\(id),\"result\":{}}\0")
        #expect(try await one.value["ok"] == true)
        let other = Task { [wire] in try await wire.ask("C.d") }
        let second = await nextMessage()?["id"]?.int ?? 0
        browser.send("{\"id\":\(second),\"error\":{\"message\":\"no\"}}\0")
        await #expect(throws: ToolFailure("The browser refuses: no")) { try await other.value }
        close(browser.descriptor)
    }

    @Test func aBrowserThatIsGoneIsSaid() async throws {
        let one = Task { [wire] in try await wire.ask("A.b") }
        _ = await nextMessage()
        close(browser.descriptor)
        let gone = ToolFailure("The browser has ended. Open the page again.")
        await #expect(throws: gone) { try await one.value }
        await wire.ended()
        #expect(!wire.isOpen)
        await #expect(throws: gone) { try await wire.ask("A.b") }
    }

    @Test func aCancelledQuestionEndsAtOnce() async throws {
        let task = Task { try await wire.ask("A.b") }
        _ = await nextMessage()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        close(browser.descriptor)
    }

    /// What never ends is not kept.
    @Test func anEndlessMessageEndsTheBrowser() async throws {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            Thread.detachNewThread { [browser] in
                let piece = [UInt8](repeating: 0x20, count: 1 << 20)
                var rest = 50
                while rest > 0, browser.send(piece) { rest -= 1 }
                continuation.resume()
            }
        }
        await wire.ended()
        close(browser.descriptor)
    }
}
