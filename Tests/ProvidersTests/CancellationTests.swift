import Engine
import Testing

@testable import Providers

/// A cancelled run has no open call, and a slow run slows the upstream.
struct CancellationTests {
    @Test func cancellingClosesTheUpstream() async throws {
        let (closes, closed) = AsyncStream.makeStream(of: Void.self)
        let (pieces, received) = AsyncStream.makeStream(of: ModelPiece.self)
        let server = try ScriptedServer { peer in
            _ = peer.request()
            peer.send(ScriptedServer.streamHead + "data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\n")
            peer.waitForClose()
            closed.yield()
        }
        let task = Task {
            let request = ModelRequest(instruction: "", messages: [.user("Hello")])
            try await server.model(.openai).answer(request) { received.yield($0) }
        }
        _ = await pieces.first { _ in true }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        _ = await closes.first { _ in true }
    }

    @Test func aReceiversErrorPassesThrough() async throws {
        struct Enough: Error {}
        let server = try ScriptedServer(stream: "data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\n")
        await #expect(throws: Enough.self) {
            let request = ModelRequest(instruction: "", messages: [.user("Hello")])
            try await server.model(.openai).answer(request) { _ in throw Enough() }
        }
    }
}
