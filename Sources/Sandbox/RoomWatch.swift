import Foundation

/// Ends a command when its workspace is full. It looks half a second after the start, then less and less often, but at once
/// when the disk fills quickly. A look that takes long is followed by a longer rest.
final class RoomWatch: Sendable {
    /// How often the disk is asked for what is free on it, which costs next to nothing.
    private static let tick = Duration.milliseconds(50)
    private static let shortest = Duration.milliseconds(500)
    private static let longest = Duration.seconds(5)
    /// A look's time to the rest after it.
    private static let share = 10

    private let workspace: Workspace
    private let stream: CommandStream
    private let isFull = Flag()

    init(_ workspace: Workspace, _ stream: CommandStream) {
        self.workspace = workspace
        self.stream = stream
    }

    /// Whether it has ended the command.
    var wasFull: Bool { isFull.isSet }

    /// Until it has ended the command, or is cancelled.
    func run() async {
        var before = workspace.free
        var (rest, least) = (Self.shortest, Duration.zero)
        var last = ContinuousClock.now
        while (try? await Task.sleep(for: Self.tick)) != nil {
            let now = await workspace.aside { [workspace] in workspace.free }
            before = before.larger(now)
            let isSudden = isSudden(before, now)
            guard ContinuousClock.now - last >= (isSudden ? least : rest) else { continue }
            let began = ContinuousClock.now
            guard await workspace.complaintAside(of: stream.process) == nil else {
                isFull.set()
                return stream.end()
            }
            (before, last) = (now, .now)
            least = (last - began) * Self.share
            rest = max(least, isSudden ? Self.shortest : min(rest * 1.5, Self.longest))
        }
    }

    /// Whether so much has gone that the command could have filled a good part of its workspace.
    private func isSudden(_ before: Workspace.Free, _ now: Workspace.Free) -> Bool {
        let quota = workspace.quota
        return before.bytes - now.bytes > quota.bytes / 16 || before.files - now.files > quota.files / 16
            || now.bytes < quota.reserve
    }
}

extension Workspace {
    /// What is free on a disk.
    struct Free: Sendable {
        var bytes: Int64
        var files: Int

        func larger(_ other: Free) -> Free { Free(bytes: max(bytes, other.bytes), files: max(files, other.files)) }
    }

    /// On the disk that it lies on; more than anybody needs where that cannot be told.
    var free: Free {
        var space = statvfs()
        guard fstatvfs(folder.number, &space) == 0 else { return Free(bytes: .max, files: .max) }
        return Free(
            bytes: Int64(space.f_bavail) * Int64(space.f_frsize),
            files: Int(clamping: space.f_favail)
        )
    }
}
