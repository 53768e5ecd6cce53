package import Engine
package import Foundation
import Postgres

/// A tool call that a person was asked about.
package struct ApprovalRecord: Sendable, Equatable {
    package enum State: String, Sendable { case pending, approved, denied }

    package var callID: String
    package var toolName: String
    /// JSON, as the model wrote it.
    package var toolInput: String
    package var state: State
    package var editedInput: String?
    package var createdAt: Date
    package var decidedAt: Date?
}

/// What a person says to one.
package struct ApprovalDecision: Sendable {
    package var isApproved: Bool
    /// A JSON object instead of the model's; nil leaves it.
    package var editedInput: String?
    /// Allow this tool to this agent from now on.
    package var isRemembered: Bool

    package init(isApproved: Bool, editedInput: String? = nil, isRemembered: Bool = false) {
        self.isApproved = isApproved
        self.editedInput = editedInput
        self.isRemembered = isRemembered
    }
}

extension Store {
    package func suspend(_ suspended: SuspendedRun) async throws -> Bool {
        try RunRest.isStored(try await batch(RunRest(suspended).statements, by: .system))
    }

    /// The calls of a run that were asked about, the oldest first; nil when there is no such run.
    package func approvals(of run: UUID, by principal: Principal) async throws -> [ApprovalRecord]? {
        guard try await self.run(run, by: principal) != nil else { return nil }
        return try await query(
            """
            select call_id, tool_name, tool_input, state, edited_input, created_at, decided_at from tool_approvals
            where run_id = \(run) and user_id = \(principal.userID) and org_id = \(principal.organisationID)
            order by created_at, call_id
            """,
            by: principal
        ).map { row in
            ApprovalRecord(
                callID: try row.get("call_id"),
                toolName: try row.get("tool_name"),
                toolInput: try row.get("tool_input"),
                state: ApprovalRecord.State(rawValue: try row.get("state")) ?? .pending,
                editedInput: try row.get("edited_input"),
                createdAt: try row.get("created_at"),
                decidedAt: try row.get("decided_at")
            )
        }
    }

    /// Answers a call; with the last answer its run is queued again. The run as it is then; nil when there is no such
    /// call. Throws `.conflict("approval")` when it was answered before.
    package func decide(
        _ decision: ApprovalDecision,
        call: String,
        of run: UUID,
        by principal: Principal
    ) async throws -> Run? {
        let state = decision.isApproved ? ApprovalRecord.State.approved : .denied
        let answers = try await batch(
            [
                // Two answers at once must not each take the other for open.
                """
                select from runs where run_id = \(run) and user_id = \(principal.userID)
                    and org_id = \(principal.organisationID)
                for no key update
                """,
                """
                with decided as (
                    update tool_approvals set state = \(state.rawValue), edited_input = \(decision.editedInput),
                        decided_by = \(principal.userID), decided_at = now()
                    where run_id = \(run) and call_id = \(call) and state = 'pending'
                        and user_id = \(principal.userID) and org_id = \(principal.organisationID)
                    returning *
                ), remembered as (
                    insert into tool_policies (policy_id, org_id, user_id, agent_id, tool_name, decision)
                    select \(UUID.v7())::uuid, org_id, user_id, agent_id, tool_name, 'allow' from decided
                    where \(decision.isRemembered && decision.isApproved)::boolean
                    on conflict (org_id, user_id, agent_id, tool_name, security_level)
                    do update set decision = excluded.decision
                )
                select exists (select from decided) as is_decided, exists (
                    select from tool_approvals
                    where run_id = \(run) and call_id = \(call)
                        and user_id = \(principal.userID) and org_id = \(principal.organisationID)
                ) as is_known
                """,
                """
                update runs set state = 'queued'
                where run_id = \(run) and state = 'waiting' and user_id = \(principal.userID)
                    and org_id = \(principal.organisationID) and not exists (
                        select from tool_approvals a where a.run_id = \(run) and a.state = 'pending'
                    )
                """,
            ],
            by: principal
        )
        guard let row = answers[1].first, try row.get("is_known") else { return nil }
        guard try row.get("is_decided") else {
            throw StorageError.conflict("approval", "This was answered before.")
        }
        return try await self.run(run, by: principal)
    }
}
