import Engine
import Foundation
import Sandbox
import Testing

@testable import Tools

/// A page against a browser that says what a test wants: one that goes on to another page at the worst moment.
@Suite(.timeLimit(.minutes(3))) struct BrowserPageTests {
    private static let view =
        #""result":{"result":{"value":{"title":"New","url":"http://new/","text":"words","position":7}}}"#

    /// The page, and how often a script was run on it. Each run is refused with the next of `refusals`, and answered when
    /// there is none left.
    private func page(_ refusals: [String]) async throws -> (BrowserPage, Counter) {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else { throw POSIXError(.EMFILE) }
        let (browser, runs) = (Peer(ends[1]), Counter())
        Thread.detachNewThread {
            while let asked = Self.next(from: browser), let id = asked["id"]?.int {
                let isRun = asked["method"]?.string == "Runtime.evaluate"
                if isRun { runs.increment() }
                let said = isRun ? Self.answer(refusals.dropFirst(runs.value - 1).first) : Self.usual(asked)
                browser.send("{\"id\":\(id),\(said)}\0")
            }
            close(browser.descriptor)
        }
        return (try await BrowserPage(BrowserWire(Descriptor(ends[0]))), runs)
    }

    private static func next(from browser: Peer) -> JSONValue? {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while recv(browser.descriptor, &byte, 1, 0) == 1 {
            if byte == 0 { return try? JSONValue(parsing: String(decoding: bytes, as: UTF8.self)) }
            bytes.append(byte)
        }
        return nil
    }

    private static func answer(_ refusal: String?) -> String {
        refusal.map { "\"error\":{\"message\":\"\($0)\"}" } ?? view
    }

    private static func usual(_ asked: JSONValue) -> String {
        switch asked["method"]?.string {
        case "Target.getTargets": #""result":{"targetInfos":[{"type":"page","targetId":"t"}]}"#
        case "Target.attachToTarget": #""result":{"sessionId":"s"}"#
        case "Page.createIsolatedWorld": #""result":{"executionContextId":1}"#
        default: #""result":{}"#
        }
    }

    @Test(arguments: [
        "Cannot find context with specified id", "Execution context was destroyed.",
        "Inspected target navigated or closed",
    ])
    func whatGoesOnWhileItIsReadIsReadAnew(words: String) async throws {
        let (page, runs) = try await page([words, words])
        #expect(try await page.read().title == "New")
        #expect(runs.value == 3)
    }

    @Test func whatGoesOnForEverIsGivenUp() async throws {
        let (page, runs) = try await page(Array(repeating: "Execution context was destroyed.", count: 100))
        await #expect(throws: ToolFailure("The browser refuses: Execution context was destroyed.")) {
            try await page.read()
        }
        #expect(runs.value == 5)
    }

    @Test func anotherRefusalIsNotAskedAgain() async throws {
        let (page, runs) = try await page(["Internal error"])
        await #expect(throws: ToolFailure("The browser refuses: Internal error")) { try await page.read() }
        #expect(runs.value == 1)
    }
}
