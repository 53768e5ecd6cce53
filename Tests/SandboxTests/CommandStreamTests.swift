import Foundation
import Testing

@testable import Sandbox

@Suite struct CommandStreamTests {
    /// A frame of the launcher's that says why nothing was started.
    private static let frame: [UInt8] = [4, 0, 0, 0, 2, 0, 0, 0] + Array("no".utf8)

    @Test func theLastFrameIsHeardThoughTheEndComesWithIt() async throws {
        for _ in 0..<2000 {
            var ends: [Int32] = [-1, -1]
            try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
            let far = ends[1]
            let stream = CommandStream(ends[0], request: [])
            DispatchQueue.global().async {
                _ = send(far, Self.frame, Self.frame.count, Int32(MSG_NOSIGNAL))
                close(far)
            }
            var words: [String] = []
            while let frame = await stream.next() {
                if case .failure(let reason) = frame { words.append(reason) }
            }
            try #require(words == ["no"])
        }
    }

    /// Nobody takes what a command writes, until a frame is stuck half sent; then it is ended.
    @Test(.wantsNamespaces) func whatIsSentStaysWhole() async throws {
        let launcher = try Launcher(
            Launcher.Setting(
                program: Bench.launcher,
                bubblewrap: try #require(CodeSandbox.findBubblewrap()),
                user: CodeSandbox.user,
                usesGroups: true
            )
        )
        defer { launcher.close() }
        let folder = try TemporaryWorkspace()
        defer { folder.remove() }
        var limits = SandboxLimits()
        limits.output = 1 << 30
        let stream = Descriptor(try launcher.connect(workspace: folder.workspace.folder.number))
        let request = try SandboxCommand(["/usr/bin/yes"]).request(limits)
        try #require(send(stream.number, request, request.count, 0) == request.count)
        // Stuck is what has not moved for a quarter of a second, once the command floods: what tells of its beginning
        // comes long before.
        var (waiting, before, looks): (Int32, Int32, Int) = (0, -1, 0)
        while looks < 5 {
            before = waiting
            try await Task.sleep(for: .milliseconds(50))
            ioctl(stream.number, UInt(FIONREAD), &waiting)
            looks = waiting > 4096 && waiting == before ? looks + 1 : 0
        }
        shutdown(stream.number, Int32(SHUT_WR))
        #expect(Self.kinds(try Self.all(from: stream.number)) == [5, 1, 3])
    }

    private static func all(from stream: Int32) throws -> [UInt8] {
        var all: [UInt8] = []
        var bytes = [UInt8](repeating: 0, count: 65_536)
        while true {
            let got = recv(stream, &bytes, bytes.count, 0)
            try #require(got >= 0)
            guard got > 0 else { return all }
            all += bytes[..<got]
        }
    }

    /// The kinds of frames, each as often as they change; 0 for what is none.
    private static func kinds(_ bytes: [UInt8]) -> [UInt32] {
        var (kinds, place): ([UInt32], Int) = ([], 0)
        while place < bytes.count {
            guard place + 8 <= bytes.count else { return kinds + [0] }
            let (kind, length) = bytes[place...].withUnsafeBytes {
                ($0.loadUnaligned(as: UInt32.self), $0.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
            }
            place += 8 + Int(length)
            if kinds.last != kind { kinds.append(kind) }
        }
        return place == bytes.count ? kinds : kinds + [0]
    }
}
