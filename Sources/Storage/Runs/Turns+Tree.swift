package import Engine
package import Foundation
import Postgres

extension Store {
    /// The turn that `run` serves, and all its runs; nil when there is no such run.
    package func tree(of run: Run, by principal: Principal) async throws -> TurnTree? {
        try await trees(of: [run.rootRunID], by: principal)[run.rootRunID]
    }

    /// Turns by their runs' ids, in one round trip. What is not there is left out.
    package func trees(of turns: [UUID], by principal: Principal) async throws -> [UUID: TurnTree] {
        guard !turns.isEmpty else { return [:] }
        let asked = TreeQuestion(turns: turns, principal: principal)
        let answers = try await batch(
            [asked.runs, asked.spend, asked.events, asked.approvals, asked.progress],
            by: principal
        )
        return try TreeAnswer(answers).trees()
    }

    /// Runs that `run` has asked for, the oldest first; nil when there is no such run.
    package func children(of run: UUID, by principal: Principal) async throws -> [Run]? {
        guard try await self.run(run, by: principal) != nil else { return nil }
        return try await query(
            """
            select \(Run.columns) from runs r
            where r.parent_run_id = \(run) and r.user_id = \(principal.userID) and r.org_id = \(principal.organisationID)
            order by r.created_at, r.run_id
            """,
            by: principal
        ).map(Run.init)
    }

    /// nil of a turn, and when there is no such run.
    package func task(of run: UUID, by principal: Principal) async throws -> RunTask? {
        let row = try await query(
            """
            select r.task, r.result from runs r
            where r.run_id = \(run) and r.task is not null
                and r.user_id = \(principal.userID) and r.org_id = \(principal.organisationID)
            """,
            by: principal
        ).first
        guard let row else { return nil }
        let json = try? JSONValue(parsing: row.get("task"))
        return RunTask(task: TaskContext(json: json ?? .object([:])), result: try row.get("result"))
    }
}

/// What is asked about some turns; each statement is one part of the answer.
private struct TreeQuestion {
    let turns: [UUID]
    let principal: Principal

    /// The rows of all others stand beside one of these, or there are none.
    private var tree: Query {
        """
        with tree as (
            select t.*, row_number() over (partition by t.root_run_id order by t.depth, t.created_at, t.run_id) as place
            from (
                select * from runs where run_id = any(\(turns)::uuid[]) and parent_run_id is null
                union all
                select * from runs where root_run_id = any(\(turns)::uuid[]) and parent_run_id is not null
            ) t
            where t.user_id = \(principal.userID) and t.org_id = \(principal.organisationID)
        ), r as (select * from tree where place <= \(TurnTree.runLimit))
        """
    }

    var runs: Query {
        """
        \(tree)
        select \(Run.columns), r.started_at, left(\(Self.readable("r.task"))->>'title', 200) as title,
            a.name, a.display_name, a.is_system_agent
        from r left join agents a on a.agent_id = r.agent_id
        order by r.root_run_id, r.place
        """
    }

    var spend: Query {
        """
        \(tree)
        select u.run_id, u.currency, sum(u.input_tokens) as input, sum(u.output_tokens) as output,
            sum(u.cached_tokens) as cached, sum(u.cost) as cost
        from usage_records u join r using (run_id) group by u.run_id, u.currency
        """
    }

    var events: Query {
        """
        \(tree)
        select e.run_id, e.sequence, e.type, e.timestamp, \(Self.data) as data
        from r cross join lateral (
            select * from run_events l where l.run_id = r.run_id and l.type = any(\(Self.kinds)::text[])
            order by l.sequence desc limit \(TurnTree.eventLimit)
        ) e
        order by e.run_id, e.sequence
        """
    }

    var approvals: Query {
        """
        \(tree)
        select a.*, r.conversation_id from tool_approvals a join r using (run_id)
        order by a.created_at, a.call_id, a.kind
        """
    }

    /// Of what works still, the last pieces.
    var progress: Query {
        """
        \(tree)
        select r.run_id, p.call_id, right(string_agg(p.delta, '' order by p.sequence), \(TurnTree.textLimit)) as output
        from r cross join lateral (
            select e.sequence, e.j->>'call_id' as call_id, e.j->>'output_delta' as delta
            from (
                select l.sequence, \(Self.readable("l.data")) as j from run_events l
                where l.run_id = r.run_id and l.type = \(RunEvent.Kind.toolProgress)
                order by l.sequence desc limit 100
            ) e
        ) p
        where r.finished_at is null and p.call_id is not null
        group by r.run_id, p.call_id
        """
    }

    private static let kinds = [
        RunEvent.Kind.runStatus, .agentStart, .planUpdate, .toolCall, .toolResult, .approvalRequest, .approvalResolved,
        .usage, .error,
    ]

    private static let data: Query = """
        case
            when e.type in ('tool_call', 'approval_request') then (
                select json_build_object(
                    'call_id', j->>'call_id', 'tool_name', j->>'tool_name',
                    'tool_input', left(j->>'tool_input', \(TurnTree.textLimit))
                )::text
                from (select \(readable("e.data")) as j) d
            )
            when e.type = 'tool_result' then (
                select json_build_object(
                    'call_id', j->>'call_id', 'tool_name', j->>'tool_name', 'success', j->'success',
                    'result', left(j->>'result', \(TurnTree.textLimit)),
                    'error', left(j->>'error', \(TurnTree.textLimit)), 'execution_time', j->'execution_time',
                    'maybe_executed', j->'maybe_executed', 'result_bytes', coalesce(
                        j->'result_bytes', to_json(
                            case when length(coalesce(j->>'result', j->>'error')) > \(TurnTree.textLimit)
                                then octet_length(coalesce(j->>'result', j->>'error')) end
                        )
                    )
                )::text
                from (select \(readable("e.data")) as j) d
            )
            else e.data::text
        end
        """

    /// PostgreSQL stores the escape of U+0000 in JSON, but refuses to read a value that holds it.
    private static func readable(_ json: Query) -> Query { "replace(\(json)::text, '\\u0000', '\\ufffd')::json" }
}

/// The parts, put together.
private struct TreeAnswer {
    private let runs: Rows
    private var spend: [UUID: RunSpend] = [:]
    private var events: [UUID: [RunEvent]] = [:]
    private var approvals: [UUID: [ApprovalRecord]] = [:]
    private var progress: [UUID: [String: String]] = [:]

    /// In the order of the questions.
    init(_ answers: [Rows]) throws {
        runs = answers[0]
        for row in answers[1] {
            var part = RunSpend(
                input: try row.get("input"),
                output: try row.get("output"),
                cached: try row.get("cached")
            )
            if let cost = try row.get("cost", as: Decimal?.self),
                let currency = try row.get("currency", as: String?.self)
            {
                part.costs = [currency: cost]
            }
            let run: UUID = try row.get("run_id")
            spend[run] = spend[run, default: RunSpend()] + part
        }
        for row in answers[2] { try events[row.get("run_id"), default: []].append(RunEvent(row)) }
        for row in answers[3] { try approvals[row.get("run_id"), default: []].append(ApprovalRecord(row)) }
        for row in answers[4] { try progress[row.get("run_id"), default: [:]][row.get("call_id")] = row.get("output") }
    }

    func trees() throws -> [UUID: TurnTree] {
        var trees: [UUID: TurnTree] = [:]
        for row in runs {
            let run = try turnRun(row)
            trees[run.run.rootRunID, default: TurnTree(runs: [])].runs.append(run)
        }
        return trees
    }

    private func turnRun(_ row: Row) throws -> TurnRun {
        let run = try Run(row)
        return TurnRun(
            run: run,
            agent: try row.get("name", as: String?.self).map { name in
                AgentName(
                    name: name,
                    displayName: try row.get("display_name"),
                    isSystemAgent: try row.get("is_system_agent")
                )
            },
            task: try row.get("title"),
            startedAt: try row.get("started_at"),
            spend: spend[run.id] ?? RunSpend(),
            events: events[run.id] ?? [],
            approvals: approvals[run.id] ?? [],
            progress: progress[run.id] ?? [:]
        )
    }
}
