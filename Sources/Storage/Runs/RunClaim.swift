import Engine
import Foundation
import Postgres

/// Who is taken up next, as one statement: first what a silent worker has left, then from the queue.
///
/// The queue is looked at by lanes (a person, an agent, a chosen model), each from its front, so that neither what has
/// been nor what waits behind costs anything. Among lanes the level counts (priority, and a point for every half minute
/// in which nothing of the person's was at work), then how many runs the person has at work already, then who was served
/// longest ago. Whatever is at a limit, the person's, the agent's or the provider's, stays in the queue and is passed by.
struct RunClaim {
    /// Claims stand in line, all nodes' together: each counts what the one before it has taken, so limits are exact.
    /// The way by the indexes is right for tables of all sizes.
    static let line: Query =
        "select pg_advisory_xact_lock(hashtext('alma.claim')), set_config('enable_seqscan', 'off', true)"
    /// Seconds of waiting that count as much as one point of priority.
    private static let patience = 30
    /// In the words of the index.
    private static let model: Query =
        "(case when r.model_id is null then '00000000-0000-0000-0000-000000000000' else r.model_id end)"

    /// A turn that has not begun, rather than one that goes on or serves one that has. In the words of the index.
    private static let isNew: Query = "(r.attempt = 0 and r.parent_run_id is null)"

    let worker: UUID
    let limit: Int
    let silence: Double
    /// How many of one person's runs are at work at once.
    let runsPerUser: Int
    /// Those of the worker's own that it has in its hands; nil to leave all of its own alone.
    let held: [UUID]?

    var statement: Query {
        """
        with recursive known as (
            insert into workers (worker_id) values (\(worker)) on conflict (worker_id) do nothing
        ), silent as (
            select worker_id from workers
            where heartbeat_at < now() - \(silence)::double precision * interval '1 second' and worker_id <> \(worker)
        ), orphaned as (
            select run_id, provider_id from runs where lease_owner in (select worker_id from silent)\(dropped)
            order by priority desc, created_at, run_id limit \(limit) for update skip locked
        ), \(lanes), \(rooms), \(waiting), \(ordered), queued as (
            select r.run_id, next.provider_id, next.place from next join runs r using (run_id)
            where r.state = 'queued' order by next.place limit \(limit) for update of r skip locked
        ), chosen as (
            select run_id, provider_id, place from (
                select run_id, provider_id, 0 as place from orphaned union all table queued
            ) free
            order by place limit \(limit)
        )
        update runs r set
            state = case when r.state = 'queued' then 'running' else r.state end,
            -- One that rested goes on; one whose worker fell silent is tried once more.
            attempt = r.attempt + (r.attempt = 0 or r.lease_owner is not null)::integer,
            lease_owner = \(worker), lease_epoch = r.lease_epoch + 1, started_at = coalesce(r.started_at, now()),
            rested = r.rested + coalesce(now() - r.resting_since, '0'), resting_since = null,
            provider_id = chosen.provider_id,
            replaced_agent_id = case when \(Self.hasAgent) then r.replaced_agent_id else r.agent_id end,
            agent_id = case when \(Self.hasAgent) then r.agent_id else \(Agent.assistantID) end
        from chosen where r.run_id = chosen.run_id
        -- `last_sequence` looks after the row is locked: see there.
        returning \(Run.columns), r.lease_epoch, r.replaced_agent_id is not null as is_replaced, chosen.place,
            r.priority, last_sequence(r.run_id) as last_sequence
        """
    }

    private var dropped: Query {
        held.map { " or lease_owner = \(worker) and run_id <> all(\($0)::uuid[])" } ?? ""
    }

    /// One probe of the index for each lane that anybody waits in.
    private var lanes: Query {
        """
        lanes as (
            (
                select r.org_id, r.user_id, r.agent_id, \(Self.model) as model_id from runs r
                where r.state = 'queued' order by r.user_id, r.agent_id, \(Self.model) limit 1
            )
            union all
            select following.* from lanes l cross join lateral (
                select r.org_id, r.user_id, r.agent_id, \(Self.model) as model_id from runs r
                where r.state = 'queued' and (r.user_id, r.agent_id, \(Self.model)) > (l.user_id, l.agent_id, l.model_id)
                order by r.user_id, r.agent_id, \(Self.model) limit 1
            ) following
        )
        """
    }

    /// How many of each lane may go; null where nothing limits.
    private var rooms: Query {
        """
        held as materialized (
            select agent_id, provider_id, count(*) as runs from runs where lease_owner is not null
            group by agent_id, provider_id
        ), rooms as materialized (
            select l.*, m.llm_id as provider_id, own.runs as at_work, s.served_at,
                \(Self.number(of: "a.parameters ->> 'max_concurrent'")) - coalesce(same.runs, 0) as agent_room,
                \(Self.number(of: "c.rate_limit ->> 'concurrent'")) - coalesce(other.runs, 0) as provider_room,
                count(*) over () as lanes
            from lanes l
            join organisations o on o.org_id = l.org_id
            left join agents a on a.agent_id = l.agent_id
            left join models m on m.model_id = case
                when l.model_id = '00000000-0000-0000-0000-000000000000' then coalesce(a.model_id, o.default_model_id)
                else l.model_id
            end
            left join llmconfigs c on c.llm_id = m.llm_id
            left join user_statistics s on s.org_id = l.org_id and s.user_id = l.user_id
            cross join lateral (
                select count(*)::integer as runs from runs r where r.user_id = l.user_id and r.lease_owner is not null
            ) own
            left join (select agent_id, sum(runs) as runs from held group by agent_id) same on same.agent_id = l.agent_id
            left join (
                select provider_id, sum(runs) as runs from held group by provider_id
            ) other on other.provider_id = m.llm_id
        )
        """
    }

    /// The fronts of the lanes, each run with its turn: the how manieth of its person it would be at work. Of many lanes
    /// only some of each are looked at, so that a claim stays short; the next one goes on.
    private var waiting: Query {
        """
        waiting as (
            select f.*, f.at_work + row_number() over (
                partition by f.user_id order by f.priority desc, f.is_new, f.created_at, f.run_id
            )::integer as turn
            from (
                select l.agent_id, l.user_id, l.provider_id, l.at_work, l.served_at, l.agent_room, l.provider_room, q.*
                from rooms l cross join lateral (
                    select r.run_id, r.priority, r.urgency, r.created_at, \(Self.isNew) as is_new from runs r
                    where r.state = 'queued' and r.user_id = l.user_id and r.agent_id = l.agent_id
                        and \(Self.model) = l.model_id
                    order by r.priority desc, \(Self.isNew), r.created_at, r.run_id
                    limit greatest(0, least(
                        \(limit), 8 + 2 * \(limit) / l.lanes, \(runsPerUser) - l.at_work, l.agent_room, l.provider_room
                    ))
                ) q
            ) f
        )
        """
    }

    /// Only who has nothing at work grows in level by waiting, and has more of being in a hurry than others.
    private var ordered: Query {
        """
        levelled as (
            select w.*, w.priority
                + case when w.turn = 1 then greatest(0, floor(idle.seconds / \(unescaped: Self.patience.description))) else 0 end
                - case when w.urgency = 'high' and (
                    w.turn > 1 or w.served_at > now() - \(unescaped: Self.patience.description) * interval '1 second'
                ) then \(unescaped: Urgency.high.points.description) else 0 end as level
            from waiting w cross join lateral (
                select extract(epoch from now() - greatest(w.created_at, w.served_at)) as seconds
            ) idle
            where w.turn <= \(runsPerUser)
        ), placed as (
            select *, row_number() over (
                order by level desc, turn, served_at nulls first, created_at, run_id
            )::integer as place
            from levelled
        ), counted as (
            select *, row_number() over (partition by agent_id order by place) as agent_turn,
                row_number() over (partition by provider_id order by place) as provider_turn
            from placed
        ), next as (
            select run_id, provider_id, place from counted
            where coalesce(agent_turn <= agent_room, true) and coalesce(provider_turn <= provider_room, true)
            order by place limit \(limit)
        )
        """
    }

    /// What is not a whole number above nought limits nothing.
    private static func number(of text: Query) -> Query {
        "case when (\(text)) ~ '^[1-9][0-9]{0,5}$' then (\(text))::integer end"
    }

    private static let hasAgent: Query = """
        (r.agent_id = \(Agent.assistantID)
            or exists (select from agents a where a.agent_id = r.agent_id and a.status = 'active')
            or exists (
                select from conversations c
                where c.conversation_id = r.conversation_id and c.test_agent_id = r.agent_id
            ))
        """
}
