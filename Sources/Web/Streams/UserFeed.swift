import Engine
import Foundation
import Storage

/// All that concerns a person, in whatever conversation: states of runs, questions that wait and what was said to them,
/// budget warnings, new titles.
struct UserFeed: StreamFeed {
    private static let page = 200
    /// How long something is waited for that is stored and cannot be told yet, because others are still being stored.
    private static let patience = Duration.seconds(2)

    private let services: WebServices
    private let principal: Principal
    private var place: UserEventPlace
    private var isResumed: Bool
    private var hasGreeted = false
    private var mustLook = true

    init(after place: UserEventPlace?, services: WebServices, by principal: Principal) async throws {
        (self.services, self.principal) = (services, principal)
        (self.place, isResumed) = try await services.store.userEventStart(known: place, by: principal)
    }

    var isOver: Bool { false }
    var start: String? { place.text }

    mutating func next(isTold: Bool) async throws -> [StreamRecord] {
        mustLook = mustLook || isTold
        guard hasGreeted else {
            hasGreeted = true
            return [greeting]
        }
        let deadline = ContinuousClock.now + Self.patience
        while mustLook {
            let (records, last, isMore) = try await apart { [services, place, principal] in
                let found = try await services.store.userEvents(after: place, limit: Self.page, by: principal)
                let records = found.events.map { StreamRecord(id: $0.place.text, json: $0.record) }
                return (records, found.events.last?.place, found.isMore)
            }
            if let last {
                place = last
                return records
            }
            mustLook = isMore
            guard isMore, ContinuousClock.now < deadline else { break }
            try await Task.sleep(for: .milliseconds(20))
        }
        return []
    }

    mutating func leave(_ bell: Signal) {}

    /// `connected`: whatever was before has to be read elsewhere. `resumed`: everything since the place follows.
    private var greeting: StreamRecord {
        let data = JSONObject {
            $0.set("status", isResumed ? "resumed" : "connected")
            $0.set("user_id", principal.userID)
        }
        return StreamRecord(id: place.text, json: SocketRecord.json("connection_status", data))
    }
}
