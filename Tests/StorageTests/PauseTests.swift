import Engine
import Foundation
import Postgres
import Storage
import Testing

/// Runs that rest because a person wants them to.
@Suite struct PauseTests {
    private func suspended(_ claimed: ClaimedRun) -> SuspendedRun {
        SuspendedRun(run: claimed.run, epoch: claimed.epoch, events: [], usage: [], isPaused: true)
    }

    @Test func aQueuedRunRestsAtOnce() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (ada, bob) = (try await store.person("ada"), try await store.person("bob"))
            let run = try await store.queuedRun(by: ada.principal)
            #expect(try await store.requestPause(of: run.id, by: bob.principal) == nil)
            #expect(try await store.requestPause(of: run.id, by: ada.principal)?.state == .paused)
            // Twice is once.
            #expect(try await store.requestPause(of: run.id, by: ada.principal)?.state == .paused)
            #expect(try await store.claim(worker: .v7(), limit: 5, silence: .zero).isEmpty)
            #expect(try await store.resume(run.id, by: bob.principal) == nil)
            #expect(try await store.resume(run.id, by: ada.principal)?.state == .queued)
            #expect(try await store.claim(worker: .v7(), limit: 5, silence: .seconds(9)).map(\.run.id) == [run.id])
            let log = try await store.events(of: run.id, after: 0, limit: 10)
            #expect(log.map(\.sequence) == [1, 2, 3, 4])
            #expect(log.suffix(2).map { $0.data.contains("paused") } == [true, false])
        }
    }

    @Test func aRunAtWorkIsAsked() async throws {
        try await TestDatabase.with { database in
            let (store, worker) = (database.store, UUID.v7())
            let ada = try await store.person()
            let claimed = try await store.claimedRun(worker: worker, by: ada.principal)
            let id = claimed.run.id
            #expect(try await store.requestPause(of: id, by: ada.principal)?.state == .running)
            #expect(try await store.heartbeat(worker: worker) == [RunWish(run: id, isPaused: true)])
            #expect(try await store.brief(for: claimed).isPausing)
            #expect(try await store.suspend(suspended(claimed)))
            #expect(try await store.run(id, by: ada.principal)?.state == .paused)
            #expect(try await store.resume(id, by: ada.principal)?.state == .queued)
            let again = try #require(try await store.claim(worker: worker, limit: 5, silence: .seconds(9)).first)
            #expect(try await !store.brief(for: again).isPausing && again.run.attempt == 1)
            // Resumed before it came to rest: it does not rest.
            _ = try await store.requestPause(of: id, by: ada.principal)
            _ = try await store.resume(id, by: ada.principal)
            #expect(try await store.suspend(suspended(again)))
            #expect(try await store.run(id, by: ada.principal)?.state == .queued)
        }
    }

    @Test func anAnswerDoesNotEndAPause() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let claimed = try await store.claimedRun(by: ada.principal)
            let call = ToolCall(id: "a", name: "dig", arguments: "{}")
            #expect(try await store.suspend(claimed.suspended([call])))
            #expect(try await store.requestPause(of: claimed.run.id, by: ada.principal)?.state == .paused)
            let answered = try await store.decide(.init(.approved), call: "a", of: claimed.run.id, by: ada.principal)
            #expect(answered?.state == .paused)
            #expect(try await store.resume(claimed.run.id, by: ada.principal)?.state == .queued)
            #expect(try await store.requestCancellation(of: claimed.run.id, by: ada.principal)?.state == .stopping)
            await #expect(throws: StorageError.self) {
                try await store.requestPause(of: claimed.run.id, by: ada.principal)
            }
        }
    }

    @Test func childrenRestWithTheirParent() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let parent = try await store.claimedRun(by: ada.principal).run
            let child = UUID.v7()
            try await database.administrator.query(
                """
                insert into runs (
                    run_id, root_run_id, parent_run_id, parent_call_id, depth, task, org_id, user_id, conversation_id,
                    agent_id, user_message_id, message_id
                )
                select \(child), run_id, run_id, 'c', 1, '{}', org_id, user_id, conversation_id, agent_id, user_message_id,
                    \(UUID.v7()) from runs where run_id = \(parent.id)
                """
            )
            #expect(try await store.requestPause(of: parent.id, by: ada.principal)?.state == .running)
            #expect(try await store.run(child, by: ada.principal)?.state == .paused)
            _ = try await store.resume(parent.id, by: ada.principal)
            #expect(try await store.run(child, by: ada.principal)?.state == .queued)
        }
    }
}
