import CSandbox
import Foundation

/// The process that starts all sandboxed commands (`alma-sandbox`), and the line to it. A launcher that has died is started
/// again by the next command.
final class Launcher: @unchecked Sendable {
    /// How it is started.
    struct Setting: Sendable {
        var program: String
        var bubblewrap: String
        /// The user of commands when we are root.
        var user: uid_t
        var usesGroups: Bool
    }

    // `control`, `process` and `isClosed` are guarded by `lock`.
    private let lock = NSLock()
    private let setting: Setting
    private var control: Int32
    private var process: pid_t
    private var isClosed = false
    /// The host's gifts, `CSANDBOX_…`.
    let limits: UInt32
    /// Of control groups: 0 for none.
    let groupVersion: UInt32

    init(_ setting: Setting) throws {
        self.setting = setting
        let hello: csandbox_hello
        (control, process, hello) = try Self.start(setting)
        limits = hello.limits
        groupVersion = hello.cgroup_version
    }

    deinit { close() }

    /// Ends it with all its commands.
    func close() {
        lock.withLock {
            guard !isClosed else { return }
            isClosed = true
            hangUp()
        }
    }

    /// A connection on which it expects a command that works in `workspace`; `line` and `input` are -1 for none.
    func connect(workspace: Int32, line: Int32 = -1, input: Int32 = -1) throws -> Int32 {
        var ends: [Int32] = [-1, -1]
        let made = csandbox_pair(Int32(SOCK_STREAM.rawValue), &ends)
        guard made == 0 else { throw SandboxError("No connection to the launcher", errno: made) }
        defer { Glibc.close(ends[1]) }
        do {
            try send(ends[1], workspace, line, input)
        } catch {
            Glibc.close(ends[0])
            throw error
        }
        return ends[0]
    }

    private func send(_ stream: Int32, _ workspace: Int32, _ line: Int32, _ input: Int32) throws {
        try lock.withLock {
            guard !isClosed else { throw SandboxError("The sandbox is closed.") }
            let all = [stream, workspace, line, input]
            var sent = csandbox_send(control, all, all.count)
            if sent != 0 {
                hangUp()
                do {
                    (control, process, _) = try Self.start(setting)
                } catch {
                    (control, process) = (-1, 0)
                    throw error
                }
                sent = csandbox_send(control, all, all.count)
            }
            guard sent == 0 else { throw SandboxError("The launcher does not listen", errno: sent) }
        }
    }

    /// For tests of what descends from it; 0 when it has gone.
    var id: pid_t { lock.withLock { process } }

    /// For tests of what comes after it.
    func kill() { lock.withLock { if process > 0 { _ = Glibc.kill(process, SIGKILL) } } }

    /// It ends its commands and itself when the line ends, so it is not waited for here.
    private func hangUp() {
        if control >= 0 { Glibc.close(control) }
        control = -1
        guard process > 0 else { return }
        let ended = process
        process = 0
        DispatchQueue.global(qos: .utility).async {
            var status: Int32 = 0
            while waitpid(ended, &status, 0) < 0, errno == EINTR {}
        }
    }

    private static func start(_ setting: Setting) throws -> (control: Int32, process: pid_t, hello: csandbox_hello) {
        var ends: [Int32] = [-1, -1]
        let made = csandbox_pair(Int32(SOCK_SEQPACKET.rawValue), &ends)
        guard made == 0 else { throw SandboxError("No connection to a launcher", errno: made) }
        let words = [setting.program, "\(setting.user)", setting.usesGroups ? "1" : "0", setting.bubblewrap]
        var arguments = words.map { strdup($0) } + [nil]
        defer { for word in arguments { free(word) } }
        let process = csandbox_spawn(setting.program, &arguments, ends[1])
        Glibc.close(ends[1])
        guard process > 0 else {
            Glibc.close(ends[0])
            throw SandboxError("The launcher \(setting.program) cannot be started", errno: process)
        }
        var hello = csandbox_hello()
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let got = recv(ends[0], &hello, MemoryLayout<csandbox_hello>.size, 0)
        guard got == MemoryLayout<csandbox_hello>.size, hello.magic == CSANDBOX_MAGIC else {
            Glibc.close(ends[0])
            throw SandboxError("The launcher \(setting.program) does not answer.")
        }
        return (ends[0], process, hello)
    }
}
