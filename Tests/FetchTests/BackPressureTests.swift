import Fetch
import Glibc
import Testing

/// A reader that does not read costs one bounded buffer, and one that goes away closes the upstream.
struct BackPressureTests {
    let client = FetchClient()

    @Test func aSlowReaderStopsTheUpstream() async throws {
        let total = 96 << 20
        let sent = Counter()
        let (stalls, stalled) = AsyncStream.makeStream(of: Int.self)
        let server = try ScriptedServer { peer in
            _ = peer.request()
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n")
            let block = [UInt8](repeating: 7, count: 64 * 1024)
            peer.setTimeout(SO_SNDTIMEO, milliseconds: 3500)
            while sent.value < total {
                let count = Glibc.send(
                    peer.descriptor,
                    block,
                    min(block.count, total - sent.value),
                    Int32(MSG_NOSIGNAL)
                )
                if count > 0 {
                    sent.increment(by: count)
                } else if errno == EAGAIN {
                    stalled.yield(sent.value)
                } else {
                    return
                }
            }
        }
        let response = try await client.send(FetchRequest(url: server.url, idleTimeout: .seconds(3)))
        // What the kernel's buffers hold, and one of ours.
        let atStall = try #require(await stalls.first { _ in true })
        #expect(atStall < 32 << 20)
        var received = 0
        var largest = 0
        for try await chunk in response.body {
            received += chunk.count
            largest = max(largest, chunk.count)
        }
        #expect(received == total)
        #expect(largest <= 128 * 1024)
    }

    @Test func cancellingClosesTheUpstreamAtOnce() async throws {
        let (closes, closed) = AsyncStream.makeStream(of: ContinuousClock.Instant.self)
        let server = try ScriptedServer { peer in
            _ = peer.request()
            peer.send("HTTP/1.1 200 OK\r\n\r\nbegin")
            peer.waitForClose()
            closed.yield(.now)
        }
        // The quickest of many: a busy machine delays some.
        var quickest = Duration.seconds(10)
        for _ in 0..<20 where quickest > .milliseconds(100) {
            let start = try await cancelWhileReading(server.url)
            let end = try #require(await closes.first { _ in true })
            quickest = min(quickest, end - start)
        }
        #expect(quickest < .milliseconds(100))
    }

    private func cancelWhileReading(_ url: String) async throws -> ContinuousClock.Instant {
        let (reads, read) = AsyncStream.makeStream(of: Void.self)
        let client = client
        let task = Task {
            for try await _ in try await client.send(FetchRequest(url: url)).body { read.yield() }
        }
        _ = await reads.first { _ in true }
        let start = ContinuousClock.now
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        return start
    }

    @Test func cancellingBeforeTheHead() async throws {
        let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
        let (closes, closed) = AsyncStream.makeStream(of: Void.self)
        let server = try ScriptedServer { peer in
            _ = peer.request()
            arrived.yield()
            peer.waitForClose()
            closed.yield()
        }
        let (client, url) = (client, server.url)
        let task = Task { try await client.send(FetchRequest(url: url)).status }
        _ = await arrivals.first { _ in true }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        _ = await closes.first { _ in true }
    }

    @Test func droppingTheBodyClosesTheUpstream() async throws {
        let (closes, closed) = AsyncStream.makeStream(of: Void.self)
        let server = try ScriptedServer { peer in
            _ = peer.request()
            peer.send("HTTP/1.1 200 OK\r\n\r\nbegin")
            peer.waitForClose()
            closed.yield()
        }
        #expect(try await client.send(FetchRequest(url: server.url)).status == 200)
        _ = await closes.first { _ in true }
    }

    @Test func aLongDiscardedRestClosesTheUpstream() async throws {
        let (closes, closed) = AsyncStream.makeStream(of: Void.self)
        let server = try ScriptedServer { peer in
            _ = peer.request()
            peer.send("HTTP/1.1 200 OK\r\n\r\n")
            while peer.send([UInt8](repeating: 65, count: 4096)) {}
            closed.yield()
        }
        try await client.send(FetchRequest(url: server.url)).body.discardRest()
        _ = await closes.first { _ in true }
    }

    @Test func cancellingAtRandomMomentsBreaksNothing() async throws {
        let server = try ScriptedServer { peer in
            _ = peer.request()
            peer.send("HTTP/1.1 200 OK\r\n\r\n")
            while peer.send("data: x\n\n") {}
        }
        let (client, url) = (client, server.url)
        await withTaskGroup(of: Void.self) { group in
            for round in 0..<200 {
                group.addTask {
                    let reader = Task {
                        for try await _ in try await client.send(FetchRequest(url: url)).body {}
                    }
                    for _ in 0..<(round % 50) { await Task.yield() }
                    reader.cancel()
                    _ = await reader.result
                }
            }
        }
        await client.close()
    }
}
