import CSandbox
import Foundation

/// Tries, from the inside, whether the sandbox holds. What it finds decides whether anything is run at all.
struct SandboxCheck {
    let sandbox: CodeSandbox

    /// Shell alone, without other programs: each would cost as much as the sandbox does.
    private static let script = """
        while read -r key value _; do
            case $key in
                Uid:|CapPrm:|CapEff:|CapBnd:|NoNewPrivs:|Seccomp:) printf '%s%s\\n' "$key" "$value" ;;
            esac
        done </proc/self/status
        [ -s /proc/1/environ ] && { read -r -d '' word </proc/1/environ; [ -n "$word" ] && echo environment:1; }
        for path in /etc/shadow /root /home /var /srv /opt /mnt /sys /run/postgresql /usr/local/bin; do
            [ -e "$path" ] && echo "reaches:$path"
        done
        for path in / /etc /usr /dev /run; do [ -w "$path" ] && echo "writes:$path"; done
        while read -r name _; do
            case $name in *:) [ "$name" = lo: ] || echo "network:$name" ;; esac
        done </proc/net/dev
        /usr/bin/unshare --user true 2>/dev/null && echo namespaces:1
        echo hello >/workspace/.check && echo workspace:1
        for program in PROGRAMS; do [ -x "$program" ] && echo "program:$program"; done
        echo end:1
        """

    private static let wanted = [
        "Uid:65534", "CapPrm:0000000000000000", "CapEff:0000000000000000", "CapBnd:0000000000000000", "NoNewPrivs:1",
        "Seccomp:2", "workspace:1", "end:1",
    ]

    func perform() async throws -> SandboxReport {
        let folder = try TemporaryWorkspace()
        defer { folder.remove() }
        let programs = SandboxLanguage.allCases.map(\.program)
        let script = Self.script.replacing("PROGRAMS", with: programs.joined(separator: " "))
        var limits = SandboxLimits()
        limits.time = .seconds(20)
        var bytes: [UInt8] = []
        let result = try await sandbox.run(
            SandboxCommand(["/bin/bash", "/run/program"], program: script),
            in: folder.workspace,
            limits: limits
        ) { bytes += $0.bytes }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        let problems = Self.problems(in: lines)
        guard problems.isEmpty else {
            throw SandboxError("the sandbox does not hold: \(problems.joined(separator: ", "))")
        }
        guard result.exitCode == 0 else { throw SandboxError("the sandbox does not work (code \(result.exitCode))") }
        return report(programs: lines.compactMap { $0.hasPrefix("program:") ? String($0.dropFirst(8)) : nil })
    }

    /// What should be there and is not, and what should not be there and is.
    static func problems(in lines: [String]) -> [String] {
        let missing = wanted.filter { !lines.contains($0) }.map { "not \($0)" }
        let surplus = lines.filter { !wanted.contains($0) && !$0.hasPrefix("program:") }
        return missing + surplus
    }

    private func report(programs: [String]) -> SandboxReport {
        let kinds = [
            (CSANDBOX_LIMITS_MEMORY, "memory"), (CSANDBOX_LIMITS_PROCESSES, "processes"), (CSANDBOX_LIMITS_CPU, "CPU"),
        ]
        return SandboxReport(
            groupVersion: Int(sandbox.groupVersion),
            grouped: kinds.filter { sandbox.limits & $0.0 != 0 }.map(\.1),
            hasOwnUser: geteuid() == 0,
            languages: SandboxLanguage.allCases.filter { programs.contains($0.program) }
        )
    }
}

/// A folder that commands may use, away from everything.
struct TemporaryWorkspace {
    let path: String
    let workspace: Workspace

    init(quota: Workspaces.Quota = Workspaces.Quota()) throws {
        var template = Array("/tmp/alma-sandbox.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SandboxError("No folder in /tmp", errno: errno) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let opened = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard opened >= 0 else { throw SandboxError("The folder \(path) cannot be opened", errno: errno) }
        workspace = Workspace(folder: Descriptor(opened), quota: quota)
        if geteuid() == 0 { chown(path, CodeSandbox.user, CodeSandbox.user) }
    }

    func remove() {
        unlink("\(path)/.check")
        rmdir(path)
    }
}
