import Storage

/// That somebody has saved a newer version since a form was opened, and what its reader can do about it.
struct OvertakenView: Sendable {
    /// Which version it is, whose, and from when.
    let latest: String
    /// What has become of what was sent.
    let outcome: String
    /// What they have changed, line by line.
    let difference: String
    /// The form with what holds now, and with nothing of what was sent.
    let theirs: String

    /// `seen` is the version that the form was opened with; `versions` are those that are kept, the newest first. `address` is
    /// the thing's, `form` that of its form.
    init<Draft>(
        seen: Int?,
        of versions: [KeptVersion<Draft>],
        address: String,
        form: String,
        outcome: String,
        voice: Voice
    ) {
        let known = versions.first { $0.version == seen }
        // One that is so old that it is gone is beside nothing any more.
        difference = known.map { "\(address)/versions/\($0.version)" } ?? "\(address)#versions"
        theirs = form
        self.outcome = outcome
        latest =
            versions.first.map { version in
                voice.words(
                    "version.latest",
                    [
                        "n": String(version.version), "who": version.userName ?? voice.words["tools.somebody"],
                        "time": voice.time(version.createdAt).text,
                    ]
                )
            } ?? ""
    }
}
