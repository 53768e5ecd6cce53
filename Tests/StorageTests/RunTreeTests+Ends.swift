import Engine
import Foundation
import Postgres
import Storage
import Testing

/// What an end or a stop does to those below.
extension RunTreeTests {
    @Test func aStopReachesAllBelow() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let worker = UUID.v7()
            let parent = try await store.claimedRun(worker: worker, by: ada.principal)
            let (working, queued) = (child(of: parent.run, "c/a"), child(of: parent.run, "c/b"))
            #expect(try await store.suspend(rest(parent, children: [working, queued])))
            let first = try #require(try await store.claim(worker: worker, limit: 1, silence: silence).first)
            let below = child(of: first.run, "d/1")
            #expect(try await store.suspend(rest(first, children: [below])))
            let taken = try await store.claim(worker: worker, limit: 1, silence: silence)

            #expect(try await store.requestCancellation(of: parent.run.id, by: ada.principal)?.state == .stopping)
            let states = try await [first.run.id, queued.run.id, below.run.id].asyncMap {
                try await store.run($0, by: ada.principal)?.state
            }
            let left = try #require(taken.first?.run.id)
            // One that rests ends with what it has said, one in a worker's hands is told, the others end at once.
            #expect(try await store.heartbeat(worker: worker).map(\.run) == [left])
            #expect(states[0] == .stopping)
            #expect(states.count { $0 == .cancelled } == 1)
            let ended = left == below.run.id ? queued : below
            let log = try await store.events(of: ended.run.id, after: 0, limit: 10, by: ada.principal)
            #expect(log?.map(\.sequence) == [1, 2, 3])
            #expect(log?.last?.data.contains(#""state" : "cancelled""#) == true)
        }
    }

    @Test func anEndStopsWhatIsLeftBelow() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let worker = UUID.v7()
            let parent = try await store.claimedRun(worker: worker, by: ada.principal)
            let children = [child(of: parent.run, "c/a"), child(of: parent.run, "c/b")]
            #expect(try await store.suspend(rest(parent, children: children)))
            let claimed = try await store.claim(worker: worker, limit: 10, silence: silence)
            #expect(try await store.finish(claimed[0].outcome("one", after: 2)))
            let again = try #require(try await store.claim(worker: worker, limit: 10, silence: silence).first)
            var end = again.outcome("given up", after: again.lastSequence, state: .failed)
            end.mayHaveChildren = true
            #expect(try await store.finish(end))
            #expect(try await store.heartbeat(worker: worker).map(\.run) == [claimed[1].run.id])
        }
    }

    @Test func theEndOfAWriterWhoseTimeHasPassedStopsNothing() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let claimed = try await store.claimedRun(by: ada.principal)
            let child = child(of: claimed.run, "c/a")
            #expect(try await store.suspend(rest(claimed, children: [child], awaited: [child.run.id])))
            var outcome = claimed.outcome("late", after: claimed.lastSequence)
            outcome.mayHaveChildren = true
            outcome.epoch -= 1
            #expect(try await store.finish(outcome) == false)
            #expect(try await store.run(child.run.id, by: ada.principal)?.state == .queued)
        }
    }
}
