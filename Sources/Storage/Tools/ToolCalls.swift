package import Engine
package import Foundation
import Postgres

/// A tool call as it was audited.
package struct AuditedCall: Sendable, Equatable {
    package var runID: UUID
    package var callID: String
    package var userID: UUID
    /// nil when the account is gone, or not the asker's to see.
    package var userName: String?
    package var agentID: UUID
    package var agentName: String?
    /// What an agent of the system's is called by programs.
    package var systemName: String?
    package var conversationID: UUID
    package var toolName: String
    /// JSON, cut where it is long; nil once its conversation is deleted.
    package var input: String?
    /// Of the whole input.
    package var inputBytes: Int
    /// SHA-256 of the whole result, in hexadecimal digits.
    package var resultDigest: String
    package var resultBytes: Int
    package var decision: ToolCallRecord.Decision
    package var succeeded: Bool
    package var isCached: Bool
    package var seconds: Double
    package var calledAt: Date

    package init(
        runID: UUID,
        callID: String,
        userID: UUID,
        userName: String?,
        agentID: UUID,
        agentName: String?,
        systemName: String? = nil,
        conversationID: UUID,
        toolName: String,
        decision: ToolCallRecord.Decision,
        succeeded: Bool,
        seconds: Double,
        resultBytes: Int,
        calledAt: Date
    ) {
        self.runID = runID
        self.callID = callID
        self.userID = userID
        self.userName = userName
        self.agentID = agentID
        self.agentName = agentName
        self.systemName = systemName
        self.conversationID = conversationID
        self.toolName = toolName
        inputBytes = 0
        resultDigest = ""
        self.resultBytes = resultBytes
        self.decision = decision
        self.succeeded = succeeded
        isCached = false
        self.seconds = seconds
        self.calledAt = calledAt
    }
}

/// Which calls are asked for; what is nil lets all pass.
package struct ToolCallFilter: Sendable, Equatable {
    package var tool: String?
    package var agent: UUID?
    package var user: UUID?
    package var run: UUID?
    package var decision: ToolCallRecord.Decision?
    package var succeeded: Bool?
    /// A piece of a name or an e-mail address.
    package var who: String?
    package var from: Date?
    /// Before this.
    package var until: Date?

    package init(
        tool: String? = nil,
        agent: UUID? = nil,
        user: UUID? = nil,
        run: UUID? = nil,
        decision: ToolCallRecord.Decision? = nil,
        succeeded: Bool? = nil,
        who: String? = nil,
        from: Date? = nil,
        until: Date? = nil
    ) {
        self.tool = tool
        self.agent = agent
        self.user = user
        self.run = run
        self.decision = decision
        self.succeeded = succeeded
        self.who = who
        self.from = from
        self.until = until
    }

    /// A call is not made before its run, whose key is in the order of time.
    var condition: Query {
        """
        (\(tool)::text is null or c.tool_name = \(tool)) and (\(agent)::uuid is null or c.agent_id = \(agent))
            and (\(user)::uuid is null or c.user_id = \(user)) and (\(run)::uuid is null or c.run_id = \(run))
            and (\(decision?.rawValue)::text is null or c.decision = \(decision?.rawValue))
            and (\(succeeded)::boolean is null or c.succeeded = \(succeeded))
            and (\(who)::text is null or exists (
                select from users w where w.user_id = c.user_id
                    and strpos(lower(w.nickname || ' ' || w.email), lower(\(who))) > 0
            ))
            and (\(from)::timestamptz is null or c.called_at >= \(from))
            and (\(until)::timestamptz is null or c.called_at < \(until) and c.run_id < uuid_at(\(until)::timestamptz))
        """
    }
}

/// How often an agent has used a tool.
package struct ToolUse: Sendable, Equatable {
    package var toolName: String
    package var agentID: UUID
    /// For people; nil when the agent is gone.
    package var agentName: String?
    /// What an agent of the system's is called by programs.
    package var systemName: String?
    package var calls: Int
    package var failedCalls: Int
    /// Those among them whose result was known already.
    package var cachedCalls: Int
    /// Seconds of one call, on average.
    package var seconds: Double
    package var lastUsedAt: Date

    package init(
        toolName: String,
        agentID: UUID,
        agentName: String?,
        systemName: String? = nil,
        calls: Int,
        failedCalls: Int,
        cachedCalls: Int,
        seconds: Double,
        lastUsedAt: Date
    ) {
        self.toolName = toolName
        self.agentID = agentID
        self.agentName = agentName
        self.systemName = systemName
        self.calls = calls
        self.failedCalls = failedCalls
        self.cachedCalls = cachedCalls
        self.seconds = seconds
        self.lastUsedAt = lastUsedAt
    }
}

extension Store {
    /// The newest first: one's own, for those who lead an organisation all of it, for administrators everybody's.
    package func toolCalls(
        _ filter: ToolCallFilter,
        page: Page,
        by principal: Principal
    ) async throws -> Paged<AuditedCall> {
        let found = Self.found(filter, principal)
        let answers = try await batch(
            [
                "select count(*) from (select \(found) limit \(Self.auditLimit)) counted",
                Self.newest(of: found, limit: page.size, offset: page.offset),
            ],
            by: principal
        )
        return Paged(
            items: try answers[1].map(AuditedCall.init),
            page: page,
            total: try answers[0].first?.get(0) ?? 0
        )
    }

    /// All of them, as many as a file holds.
    package func toolCalls(_ filter: ToolCallFilter, by principal: Principal) async throws -> [AuditedCall] {
        try await query(
            Self.newest(of: Self.found(filter, principal), limit: Self.auditLimit, offset: 0),
            by: principal
        )
        .map(AuditedCall.init)
    }

    private static func found(_ filter: ToolCallFilter, _ principal: Principal) -> Query {
        "from tool_calls c where \(filter.condition) and \(maySee(principal))"
    }

    private static func newest(of found: Query, limit: Int, offset: Int) -> Query {
        """
        select c.*, encode(c.result_digest, 'hex') as digest,
            (select u.nickname from users u where u.user_id = c.user_id) as user_name,
            (select a.display_name from agents a where a.agent_id = c.agent_id) as agent_name,
            (select a.name from agents a where a.agent_id = c.agent_id and a.agent_type = 'system') as system_name
        \(found)
        order by c.run_id desc, c.called_at desc, c.call_id limit \(limit) offset \(offset)
        """
    }

    /// By tool and agent, the most used first, in the organisation of whoever asks: for those who lead it everybody's
    /// calls, else one's own.
    package func toolUse(
        tool: String? = nil,
        agent: UUID? = nil,
        by principal: Principal
    ) async throws -> [ToolUse] {
        try await query(
            """
            select u.*, a.display_name as agent_name, case a.agent_type when 'system' then a.name end as system_name
            from (
                select c.tool_name, c.agent_id, count(*) as calls, count(*) filter (where not c.succeeded) as failed,
                    count(*) filter (where c.is_cached) as cached, avg(c.seconds) as seconds,
                    max(c.called_at) as last_used_at
                from tool_calls c
                where c.org_id = \(principal.organisationID) and \(Self.maySee(principal))
                    and (\(tool)::text is null or c.tool_name = \(tool))
                    and (\(agent)::uuid is null or c.agent_id = \(agent))
                group by c.tool_name, c.agent_id
            ) u left join agents a on a.agent_id = u.agent_id
            order by u.calls desc, u.tool_name, u.agent_id
            """,
            by: principal
        ).map(ToolUse.init)
    }

    /// The fourth law for a `c` of tool calls.
    private static func maySee(_ principal: Principal) -> Query {
        """
        (\(principal.may(.auditRead))::boolean or c.org_id = \(principal.organisationID)
            and (c.user_id = \(principal.userID) or (select alma_manages(alma_org()))))
        """
    }
}

extension AuditedCall {
    init(_ row: Row) throws {
        runID = try row.get("run_id")
        callID = try row.get("call_id")
        userID = try row.get("user_id")
        userName = try row.get("user_name")
        agentID = try row.get("agent_id")
        agentName = try row.get("agent_name")
        systemName = try row.get("system_name")
        conversationID = try row.get("conversation_id")
        toolName = try row.get("tool_name")
        input = try row.get("input")
        inputBytes = try row.get("input_bytes")
        resultDigest = try row.get("digest")
        resultBytes = try row.get("result_bytes")
        decision = ToolCallRecord.Decision(rawValue: try row.get("decision")) ?? .allowed
        succeeded = try row.get("succeeded")
        isCached = try row.get("is_cached")
        seconds = try row.get("seconds")
        calledAt = try row.get("called_at")
    }
}

extension ToolUse {
    init(_ row: Row) throws {
        toolName = try row.get("tool_name")
        agentID = try row.get("agent_id")
        agentName = try row.get("agent_name")
        systemName = try row.get("system_name")
        calls = try row.get("calls")
        failedCalls = try row.get("failed")
        cachedCalls = try row.get("cached")
        seconds = try row.get("seconds")
        lastUsedAt = try row.get("last_used_at")
    }
}
