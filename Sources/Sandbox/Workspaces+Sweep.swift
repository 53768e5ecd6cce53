package import Foundation

/// Away with the folders of conversations that are no more; in two steps, because the database that says so may be the wrong
/// one, or one that is about to be restored.
extension Workspaces {
    /// Seconds for which a folder is kept, set aside, after its conversation was first missed.
    static let patience: TimeInterval = 24 * 3600

    /// Before the names of folders that are set aside: `gone-SECONDS-ID`, with when that was.
    private static let gone = "gone-"

    /// How many folders were treated in which way.
    package struct Sweep: Sendable, Equatable {
        package var setAside = 0
        package var broughtBack = 0
        package var removed = 0
        /// All conversations are missing, so that nothing was done.
        package var isDoubtful = false
    }

    /// A folder as it lies there.
    struct Kept: Sendable, Equatable {
        var name: String
        var conversation: UUID
        /// When it was set aside; nil for one in use.
        var goneSince: Date?

        init?(_ name: String) {
            guard let id = UUID(uuidString: String(name.suffix(36))) else { return nil }
            (self.name, conversation) = (name, id)
            guard name.count > 36 else { return }
            guard name.hasPrefix(Workspaces.gone) else { return nil }
            let seconds = name.dropFirst(Workspaces.gone.count).prefix { $0 != "-" }
            goneSince = Date(timeIntervalSince1970: TimeInterval(seconds) ?? 0)
        }
    }

    var kept: [Kept] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).compactMap(Kept.init)
    }

    /// `missing` tells which of some conversations the database does not know; what it throws is thrown.
    package func sweep(
        at now: Date = Date(),
        missing: ([UUID]) async throws -> [UUID]
    ) async throws -> Sweep {
        await aside { removeOldScratch() }
        let kept = kept
        let lost = Set(try await missing(Array(Set(kept.map(\.conversation)))))
        // Then it is the database rather than the folders that is not as it should be.
        if !kept.isEmpty, kept.allSatisfy({ lost.contains($0.conversation) }) { return Sweep(isDoubtful: true) }
        return await aside { sweep(kept, lost, at: now) }
    }

    /// Does on a thread of its own what may wait for the disk.
    func aside<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            DispatchQueue.global(qos: .utility).async { continuation.resume(returning: body()) }
        }
    }

    private func sweep(_ kept: [Kept], _ lost: Set<UUID>, at now: Date) -> Sweep {
        var sweep = Sweep()
        for folder in kept {
            switch (lost.contains(folder.conversation), folder.goneSince) {
            case (true, nil):
                let name = "\(Self.gone)\(Int(now.timeIntervalSince1970))-\(folder.conversation.folderName)"
                if rename("\(path)/\(folder.name)", "\(path)/\(name)") == 0 { sweep.setAside += 1 }
            case (true, let since?) where now.timeIntervalSince(since) >= Self.patience:
                if remove(named: folder.name) { sweep.removed += 1 }
            case (false, .some): if bringBack(folder) { sweep.broughtBack += 1 }
            default: break
            }
        }
        return sweep
    }

    /// A folder that was set aside is the conversation's again, if there is one.
    func bringBack(_ conversation: UUID) {
        for folder in kept where folder.conversation == conversation && folder.goneSince != nil {
            if bringBack(folder) { return }
        }
    }

    private func bringBack(_ folder: Kept) -> Bool {
        let target = "\(path)/\(folder.conversation.folderName)"
        // What the conversation has meanwhile is not replaced.
        return access(target, F_OK) != 0 && rename("\(path)/\(folder.name)", target) == 0
    }
}

extension UUID {
    /// Of a conversation's workspace.
    var folderName: String { uuidString.lowercased() }
}
