import Foundation
import Subprocess

/// The editor that a person has chosen for their terminal.
struct Editor: Sendable {
    let command: String

    /// nil where none is chosen.
    static func named(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> Editor? {
        [environment["VISUAL"], environment["EDITOR"]].compactMap(\.self).first { !$0.isEmpty }.map(Editor.init)
    }

    /// The text as the person leaves it; nil when the editor fails.
    func edit(_ text: String) async -> String? {
        let folder = FileManager.default.temporaryDirectory.appending(path: "alma-\(UUID().uuidString)")
        let file = folder.appending(path: "input.json").path
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = FileManager.default
        do {
            try files.createDirectory(
                at: folder,
                withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o700]
            )
            guard files.createFile(atPath: file, contents: Data(text.utf8)) else { return nil }
            let ended = try await Subprocess.run(
                .name("sh"),
                arguments: ["-c", "\(command) \"$1\"", "sh", file],
                input: .currentStandardInput,
                output: .currentStandardError,
                error: .currentStandardError
            )
            guard ended.terminationStatus.isSuccess else { return nil }
            return try String(contentsOfFile: file, encoding: .utf8)
        } catch {
            return nil
        }
    }
}
