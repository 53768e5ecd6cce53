import Foundation

/// A workspace for one piece of work, away from every conversation: what looks at a file somebody else has made sees
/// nothing but that file.
extension Workspaces {
    /// Before the names of those that are in use.
    static let scratch = "scratch-"

    /// Gone when this returns. Throws `SandboxError`, or what `body` throws.
    package func withScratch<Answer>(_ body: (Workspace) async throws -> Answer) async throws -> Answer {
        let name = "\(Self.scratch)\(UUID().uuidString.lowercased())"
        let workspace = try open(name)
        do {
            let answer = try await body(workspace)
            await removeAside(named: name)
            return answer
        } catch {
            await removeAside(named: name)
            throw error
        }
    }

    private func removeAside(named name: String) async { _ = await aside { remove(named: name) } }

    /// What a process that was killed has left behind: no work takes as long as this.
    func removeOldScratch() {
        let limit = Date().addingTimeInterval(-2 * 3600)
        for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        where name.hasPrefix(Self.scratch) {
            let about = try? FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")
            guard let made = about?[.modificationDate] as? Date, made < limit else { continue }
            remove(named: name)
        }
    }
}
