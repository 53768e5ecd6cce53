import Foundation
import Storage

/// A version of something that people make, beside what it is now.
struct VersionView: View {
    static let template = "version"

    let page: Frame
    /// All things of the kind.
    let list: String
    let listAddress: String
    let name: String
    let address: String
    let title: String
    let who: String
    let time: TimeText
    let isSame: Bool
    let parts: [Part]
    /// Where it is given again; nil of the present one, and for those who may not.
    let restore: String?
    /// The version that it is shown beside: of a later one it does not take the place unseen.
    let seen: String
    /// Whether it was to be given again on a page that had not seen the newest one.
    let isOvertaken: Bool

    /// A field in which they differ, line by line: as it was on the left, as it is on the right.
    struct Part: Sendable {
        let title: String
        let pairs: [LinePair]

        /// nil where both say the same.
        init?(_ title: String, _ then: String, _ now: String) {
            guard then != now else { return nil }
            self.title = title
            pairs = LinePair.all(LineDifference.lines(then, now))
        }
    }

    /// What the version belongs to.
    struct Thing: Sendable {
        var list: String
        var listAddress: String
        var name: String
        var address: String
        /// The version that holds.
        var version: Int
        /// Whether the reader may give an earlier one again.
        var mayChange = true
    }

    init<Draft>(
        page: Frame,
        of thing: Thing,
        _ version: KeptVersion<Draft>,
        parts: [Part],
        isOvertaken: Bool = false,
        voice: Voice
    ) {
        self.page = page
        self.isOvertaken = isOvertaken
        seen = String(thing.version)
        (list, listAddress) = (thing.list, thing.listAddress)
        (name, address) = (thing.name, thing.address)
        title = page.title
        who = version.userName ?? voice.words["tools.somebody"]
        time = voice.time(version.createdAt)
        isSame = parts.isEmpty
        self.parts = parts
        restore =
            thing.mayChange && version.version != thing.version
            ? "\(address)/versions/\(version.version)/restoration" : nil
    }
}
