import Foundation
import Storage
import Synchronization

/// What stands on all pages: the announcement, and where the rules of the house are. Read from the database every few seconds
/// at most, as every page asks for it.
package final class SiteBoard: Sendable {
    private struct State {
        var notice = SiteNotice()
        var readAt: ContinuousClock.Instant?
    }

    private static let freshness = Duration.seconds(5)

    private let state = Mutex(State())

    package init() {}

    /// The last that was known where the database does not answer.
    func notice(_ store: Store) async -> SiteNotice {
        let (known, isFresh) = state.withLock { state in
            let isFresh = state.readAt.map { ContinuousClock.now - $0 < Self.freshness } ?? false
            // Only one request reads; the others of this moment take what is known.
            if !isFresh { state.readAt = .now }
            return (state.notice, isFresh)
        }
        guard !isFresh, let settings = try? await store.instanceSettings() else { return known }
        let fresh = SiteNotice(settings)
        state.withLock { $0.notice = fresh }
        return fresh
    }

    /// Whoever changes the settings sees it at once.
    func forget() { state.withLock { $0.readAt = nil } }
}

/// What stands on all pages.
package struct SiteNotice: Sendable, Equatable {
    /// Markdown.
    var announcement: String?
    /// Tells this announcement from those before, for whoever has dismissed one.
    var announcementID = ""
    var termsURL: String?
    var privacyURL: String?

    init() {}

    init(_ settings: InstanceSettings) {
        announcement = settings.announcement
        announcementID = settings.announcedAt.map { String(Int($0.timeIntervalSince1970 * 1000)) } ?? ""
        termsURL = settings.termsURL
        privacyURL = settings.privacyURL
    }
}
