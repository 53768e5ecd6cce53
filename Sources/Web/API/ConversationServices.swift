import Engine
import Foundation
import Storage

extension WebServices {
    /// Deletes a conversation, and stops what is at work in it. False when there is no such conversation.
    func deleteConversation(_ id: UUID, by principal: Principal, address: String?) async throws -> Bool {
        let running = try await store.activeRuns(in: id, by: principal)
        // First: where it is deleted on a condition that does not hold, nothing is stopped either.
        guard try await store.deleteConversation(id, by: principal, address: address) else { return false }
        forget(running)
        return true
    }

    /// With the conversation in which it was tried out. False when there is no such agent of the person's.
    func deleteAgent(_ id: UUID, by principal: Principal, address: String?) async throws -> Bool {
        guard try await store.agentDraft(id, by: principal) != nil else { return false }
        let trial = try await store.testConversation(of: id, by: principal)?.id
        var running: [Run] = []
        if let trial { running = try await store.activeRuns(in: trial, by: principal) }
        guard try await store.deleteAgent(id, trial: trial, by: principal, address: address) else { return false }
        forget(running)
        return true
    }

    /// Ends work on runs that are there no more.
    private func forget(_ runs: [Run]) {
        for run in runs {
            runCancelled(run)
            hub.notify(run: run.id)
        }
    }
}
