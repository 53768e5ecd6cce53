package import Engine
package import Foundation
import Postgres

/// Something about a tool call that a person was asked.
package struct ApprovalRecord: Sendable, Equatable {
    package var runID: UUID
    package var conversationID: UUID
    package var callID: String
    package var toolName: String
    /// JSON, as the model wrote it.
    package var toolInput: String
    package var kind: CallRequest.Kind
    /// nil while it waits.
    package var decision: CallAnswer.Decision?
    package var editedInput: String?
    package var answer: String?
    package var expiresAt: Date?
    package var createdAt: Date
    package var decidedAt: Date?

    package init(
        runID: UUID,
        conversationID: UUID,
        callID: String,
        toolName: String,
        toolInput: String,
        kind: CallRequest.Kind = .approval,
        decision: CallAnswer.Decision? = nil,
        expiresAt: Date? = nil,
        createdAt: Date,
        decidedAt: Date? = nil
    ) {
        self.runID = runID
        self.conversationID = conversationID
        self.callID = callID
        self.toolName = toolName
        self.toolInput = toolInput
        self.kind = kind
        self.decision = decision
        self.expiresAt = expiresAt
        self.createdAt = createdAt
        self.decidedAt = decidedAt
    }
}

/// What a person says to one.
package struct ApprovalDecision: Sendable {
    package var decision: CallAnswer.Decision
    /// The answer to a question, or a note on what was done.
    package var text: String?
    /// A JSON object instead of the model's; nil leaves it.
    package var editedInput: String?
    /// Allow this tool to this agent from now on.
    package var isRemembered: Bool

    fileprivate var makesRule: Bool { isRemembered && decision == .approved }

    package init(
        _ decision: CallAnswer.Decision,
        text: String? = nil,
        editedInput: String? = nil,
        isRemembered: Bool = false
    ) {
        self.decision = decision
        self.text = text
        self.editedInput = editedInput
        self.isRemembered = isRemembered
    }
}

extension Store {
    package func suspend(_ suspended: SuspendedRun) async throws -> Bool {
        try RunRest.isStored(try await batch(RunRest(suspended).statements, by: .system))
    }

    /// What was asked about the calls of a run, the oldest first; nil when there is no such run.
    package func approvals(of run: UUID, by principal: Principal) async throws -> [ApprovalRecord]? {
        guard try await self.run(run, by: principal) != nil else { return nil }
        return try await approvals(where: "a.run_id = \(run)", by: principal)
    }

    /// All that waits for a person, the oldest first; at most 200.
    package func pendingApprovals(by principal: Principal) async throws -> [ApprovalRecord] {
        try await approvals(where: "a.state = 'pending' and r.state in ('waiting', 'paused')", by: principal)
    }

    private func approvals(where condition: Query, by principal: Principal) async throws -> [ApprovalRecord] {
        try await query(
            """
            select a.*, r.conversation_id from tool_approvals a join runs r using (run_id)
            where \(condition) and a.user_id = \(principal.userID) and a.org_id = \(principal.organisationID)
            order by a.created_at, a.call_id, a.kind limit 200
            """,
            by: principal
        ).map(ApprovalRecord.init)
    }

    /// Answers what is open about a call; with the last answer its run is queued again. The run as it is then; nil when there
    /// is no such call. Throws `.conflict("approval")` when it was answered before.
    package func decide(
        _ decision: ApprovalDecision,
        call: String,
        of run: UUID,
        by principal: Principal
    ) async throws -> Run? {
        // What is allowed from now on stands in line with the person's other rules.
        let line =
            decision.makesRule
            ? Self.locked(.ownPolicies(of: principal.userID, organisation: principal.organisationID)) : []
        let answers = try await batch(
            line + [
                // Two answers at once must not each take the other for open.
                "select from runs r where r.run_id = \(run) and \(Self.isOwnRun(principal)) for no key update",
                Self.record(decision, call: call, run: run, by: principal),
                """
                update runs r set state = 'queued'
                where r.run_id = \(run) and r.state = 'waiting' and \(Self.isOwnRun(principal)) and not exists (
                    select from tool_approvals a where a.run_id = \(run) and a.state = 'pending'
                )
                """,
            ],
            by: principal
        )
        guard let row = answers[line.count + 1].first, try row.get("is_known") else { return nil }
        guard try row.get("is_decided") else {
            throw StorageError.conflict("approval", "This was answered before.")
        }
        return try await self.run(run, by: principal)
    }

    private static func record(
        _ decision: ApprovalDecision,
        call: String,
        run: UUID,
        by principal: Principal
    ) -> Query {
        let kinds = CallRequest.Kind.allCases.filter {
            CallAnswer.Decision.choices(for: $0).contains(decision.decision)
        }
        return """
            with decided as (
                update tool_approvals set state = \(decision.decision.rawValue), edited_input = \(decision.editedInput),
                    answer = \(decision.text), decided_by = \(principal.userID), decided_at = now()
                where run_id = \(run) and call_id = \(call) and state = 'pending'
                    and kind = any(\(kinds.map(\.rawValue))::text[])
                    and user_id = \(principal.userID) and org_id = \(principal.organisationID)
                returning *
            ), remembered as (
                insert into tool_policies (policy_id, org_id, user_id, agent_id, tool_name, by_organisation, decision)
                select \(UUID.v7())::uuid, org_id, user_id, agent_id, tool_name, false, 'allow' from decided
                where \(decision.makesRule)::boolean
                on conflict \(ToolPolicy.Rule.key)
                do update set decision = excluded.decision
            )
            select exists (select from decided) as is_decided, exists (
                select from tool_approvals
                where run_id = \(run) and call_id = \(call)
                    and user_id = \(principal.userID) and org_id = \(principal.organisationID)
            ) as is_known
            """
    }

    /// What nobody has answered in time is refused, and its runs go on. Returns how many there were.
    package func expireApprovals() async throws -> Int {
        // Asked every second by every node: mostly there is nothing.
        let found = try await query(
            "select distinct run_id from tool_approvals where state = 'pending' and expires_at <= now() limit 1000",
            by: .system
        )
        guard !found.isEmpty else { return 0 }
        let runs = try found.map { try $0.get("run_id", as: UUID.self) }
        return try await batch(
            [
                "select from runs where run_id = any(\(runs)::uuid[]) order by run_id for no key update",
                """
                update tool_approvals set state = 'expired', decided_at = now()
                where run_id = any(\(runs)::uuid[]) and state = 'pending' and expires_at <= now()
                """,
                """
                update runs r set state = 'queued'
                where r.run_id = any(\(runs)::uuid[]) and r.state = 'waiting' and exists (
                    select from tool_approvals a where a.run_id = r.run_id and a.state = 'expired' and a.decided_at = now()
                ) and not exists (
                    select from tool_approvals a where a.run_id = r.run_id and a.state = 'pending'
                )
                """,
            ],
            by: .system
        )[1].affected
    }
}

// MARK: - For the run itself

extension Store {
    static func answers(to run: RunTerms) -> Query {
        """
        select call_id, kind, state, answer, edited_input, decided_by, decided_at from tool_approvals
        where run_id = \(run.id) and state <> 'pending'
        """
    }

    static func answer(_ row: Row) throws -> CallAnswer {
        CallAnswer(
            callID: try row.get("call_id"),
            kind: CallRequest.Kind(rawValue: try row.get("kind")) ?? .approval,
            decision: CallAnswer.Decision(rawValue: try row.get("state")) ?? .denied,
            text: try row.get("answer"),
            editedInput: try row.get("edited_input"),
            decidedBy: try row.get("decided_by"),
            decidedAt: try row.get("decided_at")
        )
    }
}

extension ApprovalRecord {
    init(_ row: Row) throws {
        runID = try row.get("run_id")
        conversationID = try row.get("conversation_id")
        callID = try row.get("call_id")
        toolName = try row.get("tool_name")
        toolInput = try row.get("tool_input")
        kind = CallRequest.Kind(rawValue: try row.get("kind")) ?? .approval
        decision = CallAnswer.Decision(rawValue: try row.get("state"))
        editedInput = try row.get("edited_input")
        answer = try row.get("answer")
        expiresAt = try row.get("expires_at")
        createdAt = try row.get("created_at")
        decidedAt = try row.get("decided_at")
    }
}
