import Engine
import Foundation
import Storage

extension WebServices {
    /// Stops what is at work in a conversation, deletes it and writes that down. False when there is no such conversation.
    func deleteConversation(_ id: UUID, by principal: Principal, address: String?) async throws -> Bool {
        for run in try await store.activeRuns(in: id, by: principal) { try await cancel(run.id, by: principal) }
        guard try await store.deleteConversation(id, by: principal) else { return false }
        await record("conversation.deleted", target: id.text, by: principal, address: address)
        return true
    }

    /// With the conversation in which it was tried out. False when there is no such agent of the person's.
    func deleteAgent(_ id: UUID, by principal: Principal, address: String?) async throws -> Bool {
        guard try await store.agentDraft(id, by: principal) != nil else { return false }
        if let trial = try await store.testConversation(of: id, by: principal) {
            _ = try await deleteConversation(trial.id, by: principal, address: address)
        }
        return try await store.deleteAgent(id, by: principal)
    }
}
