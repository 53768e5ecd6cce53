import Fetch
import Glibc
import Testing

/// Many streams at once are looked at together; nothing of them is lost or mixed up.
struct CrowdTests {
    private static let pieces = 40
    private let client = FetchClient()

    @Test func manyStreamsComeWholeInFewerPiecesThanTheyWereSent() async throws {
        let server = try ScriptedServer { peer in
            guard let name = peer.request()?.head.split(separator: " ")[1] else { return }
            peer.send("HTTP/1.1 200 OK\r\n\r\n")
            for piece in 0..<Self.pieces {
                usleep(2000)
                peer.send("\(name):\(piece) ")
            }
        }
        var fewest = Int.max
        // The fewest of several: on a busy machine the pieces themselves come late, each between two looks.
        for _ in 0..<5 where fewest >= 128 * Self.pieces / 2 {
            let reads = try await withThrowingTaskGroup(of: Int.self) { group in
                for stream in 0..<128 { group.addTask { try await read(stream, of: server) } }
                return try await group.reduce(0, +)
            }
            fewest = min(fewest, reads)
        }
        #expect(fewest < 128 * Self.pieces / 2)
    }

    /// How many reads it took.
    private func read(_ stream: Int, of server: ScriptedServer) async throws -> Int {
        var bytes: [UInt8] = []
        var reads = 0
        let response = try await client.send(FetchRequest(url: "\(server.url)/\(stream)"))
        for try await chunk in response.body {
            bytes += chunk
            reads += 1
        }
        let expected = (0..<Self.pieces).map { "/\(stream):\($0) " }.joined()
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
        return reads
    }

    @Test func aNewAnswerIsNotKeptWaitingByACrowd() async throws {
        let server = try ScriptedServer { peer in
            while let request = peer.request() {
                if request.head.hasPrefix("GET /quick") { peer.answer(200, "", "at once") } else { break }
            }
            peer.send("HTTP/1.1 200 OK\r\n\r\nbegun")
            peer.waitForClose()
        }
        var crowd: [FetchResponse] = []
        for _ in 0..<256 {
            let response = try await client.send(FetchRequest(url: "\(server.url)/slow"))
            var body = response.body.makeAsyncIterator()
            #expect(try await body.next() == Array("begun".utf8))
            crowd.append(response)
        }
        // A look at the crowd comes each 80 ms; the quickest of several must not have waited for one.
        var quickest = Duration.seconds(10)
        for _ in 0..<100 where quickest >= .milliseconds(20) {
            let start = ContinuousClock.now
            _ = try await client.send(FetchRequest(url: "\(server.url)/quick"))
            quickest = min(quickest, start.duration(to: .now))
        }
        #expect(quickest < .milliseconds(20))
        #expect(crowd.count == 256)
    }
}
