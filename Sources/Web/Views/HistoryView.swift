import Storage

/// The versions of something that people make, the newest first, and the way back to them.
struct HistoryView: Sendable {
    let versions: [Row]

    struct Row: Sendable {
        let number: String
        let who: String
        let time: TimeText
        /// Where it is given again; nil of the present one, and for those who may not.
        let restore: String?
    }

    /// nil where there are none. `address` is the page's, `current` the version that holds.
    init?<Draft>(
        _ versions: [KeptVersion<Draft>],
        current: String,
        address: String,
        mayChange: Bool,
        voice: Voice
    ) {
        guard !versions.isEmpty else { return nil }
        self.versions = versions.map { version in
            Row(
                number: String(version.version),
                who: version.userName ?? voice.words["tools.somebody"],
                time: voice.time(version.createdAt),
                restore: mayChange && String(version.version) != current
                    ? "\(address)/versions/\(version.version)/restoration" : nil
            )
        }
    }
}
