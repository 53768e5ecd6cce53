import Fetch
import Testing

/// Bodies may come compressed; the limits count what comes out of them.
struct CompressionTests {
    private let client = FetchClient()

    /// 4 MB of zeros in 4 kB.
    private static let zeros: [UInt8] =
        [
            0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 3, 0xED, 0xC1, 1, 1, 0, 0, 0, 0x82, 0x20, 0xFF, 0xAF, 0x6E, 0x48, 0x40, 1,
        ] + [UInt8](repeating: 0, count: 4063) + [0x7C, 0x1B, 0x6A, 0x40, 0x47, 0x11, 0, 0, 0x40, 0]

    private func server() throws -> ScriptedServer {
        try ScriptedServer { peer in
            while let request = peer.request() {
                let isCompressed = request.head.lowercased().contains("accept-encoding: ")
                let body = isCompressed ? Self.zeros : [0]
                let coding = isCompressed ? "Content-Encoding: gzip\r\n" : ""
                peer.send("HTTP/1.1 200 X\r\nContent-Length: \(body.count)\r\n\(coding)\r\n")
                peer.send(body)
            }
        }
    }

    @Test func onlyWhenAskedFor() async throws {
        let response = try await client.send(FetchRequest(url: server().url))
        #expect(try await response.collect(upTo: 10) == [0])
    }

    @Test func theBodyIsWhatWasCompressed() async throws {
        let response = try await client.send(FetchRequest(url: server().url, acceptsCompression: true))
        let bytes = try await response.collect(upTo: 5_000_000)
        #expect(bytes.count == 4 << 20)
        #expect(bytes.allSatisfy { $0 == 0 })
    }

    @Test func aBombMeetsTheLimit() async throws {
        let request = FetchRequest(url: try server().url, maximumBytes: 100_000, acceptsCompression: true)
        let error = await #expect(throws: FetchError.self) {
            try await client.send(request).collect(upTo: 5_000_000)
        }
        #expect(error?.code == .tooLarge)
    }
}
