import Storage

/// The versions of something that people make, the newest first, and the way back to them.
struct HistoryView: Sendable {
    let versions: [Row]
    /// The one that holds, as the page shows it: of a later one an earlier does not take the place unseen.
    let seen: String
    /// The way to older ones.
    let turner: PageTurner?

    struct Row: Sendable {
        let number: String
        let who: String
        let time: TimeText
        /// What it changed; nil where that is not known.
        let changes: String?
        /// Where it stands beside what holds now.
        let address: String
        /// Where it is given again; nil of the present one, and for those who may not.
        let restore: String?
    }

    /// nil where there are none. `address` is the page's, `current` the version that holds, `changes` what one is said to
    /// have changed.
    init?<Draft>(
        _ versions: [KeptVersion<Draft>],
        current: String,
        address: String,
        mayChange: Bool,
        turner: PageTurner? = nil,
        voice: Voice,
        changes: (Draft) -> String? = { _ in nil }
    ) {
        guard !versions.isEmpty else { return nil }
        self.turner = turner
        seen = current
        self.versions = versions.map { version in
            Row(
                number: String(version.version),
                who: version.userName ?? voice.words["tools.somebody"],
                time: voice.time(version.createdAt),
                changes: changes(version.draft),
                address: "\(address)/versions/\(version.version)",
                restore: mayChange && String(version.version) != current
                    ? "\(address)/versions/\(version.version)/restoration" : nil
            )
        }
    }
}
