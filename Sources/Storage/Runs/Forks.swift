package import Engine
package import Foundation
import Postgres

extension Store {
    /// A new run that goes on from a finished step of another turn, with something changed: another answer to the same
    /// question, or one to another version of it. What that turn has done up to there is neither done nor paid for again.
    /// nil when there is no such run.
    ///
    /// Throws `.invalid` for `step`, `tool_result`, `content`, `agent_id` or `model_id`, `.conflict("run")` when a run is
    /// under way in the conversation, or when the run is a task of another one.
    package func fork(
        _ run: UUID,
        after step: Int,
        changes: RunChanges,
        key: String? = nil,
        by principal: Principal
    ) async throws -> TurnStart? {
        guard let original = try await runRecord(run, by: principal),
            let replay = try await replay(of: run, by: principal)
        else { return nil }
        guard original.run.parentRunID == nil else {
            throw StorageError.conflict("run", "This is a task of another run; fork that one.")
        }
        var changes = changes
        changes.instruction = changes.instruction ?? original.keptChanges.instruction
        let fork = try Self.fork(of: original, replay, step, changes)
        var input = TurnInput(
            conversationID: original.run.conversationID,
            content: changes.input ?? "",
            at: changes.input == nil ? .again(fork.question) : .beside(fork.question),
            agentID: fork.agent,
            modelID: changes.modelID,
            idempotencyKey: key
        )
        if input.modelID == nil { input.modelID = try await activeModel(original.modelID, by: principal) }
        return try await startTurn(input, fork: fork, by: principal)
    }

    private static func fork(
        of original: RunRecord,
        _ replay: RunReplay,
        _ step: Int,
        _ changes: RunChanges
    ) throws -> RunFork {
        if let instruction = changes.instruction {
            _ = try Checks.text(instruction, "instruction", upTo: 20_000, allowsEmpty: true)
        }
        for result in changes.toolResults where result.content.utf8.count > RunLimits().toolResultBytes {
            throw StorageError.invalid("tool_result", "At most \(RunLimits().toolResultBytes / 1024) KB.")
        }
        guard !changes.toolResults.contains(where: { $0.content.utf8.contains(0) }) else {
            throw StorageError.invalid("tool_result", "It holds a zero byte.")
        }
        do {
            return try RunFork(of: original.run, replay, after: step, changes: changes)
        } catch {
            throw StorageError.invalid(error.field, error.message)
        }
    }

    /// The model, as long as it can still be used.
    private func activeModel(_ model: UUID?, by principal: Principal) async throws -> UUID? {
        guard let model else { return nil }
        return try await models(llmID: nil, isActive: true, by: principal).first { $0.id == model }?.id
    }
}
