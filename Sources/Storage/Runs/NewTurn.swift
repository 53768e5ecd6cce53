import Crypto
import Engine
import Foundation
import Postgres

/// A turn on its way into the database: the person's message, the run, and the first two events of its log.
struct NewTurn: Sendable {
    private let run: Run
    private let input: TurnInput
    private let principal: Principal
    /// With milliseconds, as events are written: what is sent later is what was stored.
    private let time: String
    private let fork: RunFork?

    /// nil for the system, which has nothing to say. `.again` names the person's message.
    init?(_ input: TurnInput, fork: RunFork? = nil, by principal: Principal, at time: Date = Date()) {
        guard let user = principal.userID, let organisation = principal.organisationID else { return nil }
        self.input = input
        self.fork = fork
        self.principal = principal
        self.time = time.iso8601Milliseconds
        run = Run(
            id: UUID.v7(at: time),
            organisationID: organisation,
            userID: user,
            conversationID: input.conversationID,
            agentID: input.agentID ?? Agent.assistantID,
            userMessageID: input.place.question ?? UUID.v7(at: time),
            // Keys order the conversation, and the answer comes after the question.
            messageID: UUID.v7(at: time.addingTimeInterval(0.001)),
            state: .queued,
            attempt: 0,
            createdAt: time
        )
    }

    /// 5, and 2 when a person waits, and 3 for a superuser, and what the urgency adds (the scheduler of the system
    /// design, 4.5).
    static func priority(for principal: Principal, urgency: Urgency = .normal) -> Int {
        5 + (principal.isProgram ? 0 : 2) + (principal.isSuperuser ? 3 : 0) + urgency.points
    }

    /// What has to be done, in one transaction; the last but one of them tells what came of it. Who begins elsewhere than
    /// at the end looks at the place only when nobody can change it any more.
    var statements: [Query] {
        input.place == .end
            ? [insertion, events] : [Branch.lock(input.conversationID, principal), insertion, events]
    }

    /// A table `parent (message_id, edits)`: under which message the person's stands, and how often it was changed. Empty
    /// when there is no such place.
    private var parent: Query {
        switch input.place {
        case .end:
            """
            select coalesce(leaf_message_id, \(Branch.newest(in: input.conversationID))) as message_id, 0 as edits
            from conversation
            """
        case .beside(let message), .again(let message):
            """
            select m.parent_message_id as message_id, m.edit_count + 1 as edits from messages m
            where \(Store.isIn(input.conversationID, principal)) and m.message_id = \(message) and m.role = 'user'
                and not m.is_deleted
            """
        }
    }

    /// For an `a` of agents, beside a table `conversation`. One that is tried out there need not be switched on.
    static let isAnswering: Query = "(a.status = 'active' or a.agent_id = (select test_agent_id from conversation))"

    /// One statement that looks, locks, inserts and tells what it found. A key that was used before, or a run that is
    /// under way, lets nothing in, whoever comes at the same moment.
    var insertion: Query {
        """
        with conversation as (
            select c.conversation_id, c.leaf_message_id, c.test_agent_id from conversations c
            where \(Store.isOwn(input.conversationID, principal))
            for no key update
        ), agent as (
            select a.agent_id from agents a
            where a.agent_id = \(run.agentID) and \(Store.isVisible(to: principal)) and \(Self.isAnswering)
        ), model as (
            select m.model_id from models m join llmconfigs l using (llm_id)
            where m.model_id = \(input.modelID)::uuid and m.org_id = \(principal.organisationID)
                and m.is_active and l.is_active
        ), earlier as (
            \(earlier)
        ), parent as (
            \(parent)
        ), r as (
            insert into runs (
                run_id, root_run_id, org_id, user_id, conversation_id, agent_id, model_id, user_message_id, message_id,
                priority, urgency, idempotency_key, request_hash, created_at, forked_from, forked_step, changes
            )
            select \(run.id)::uuid, \(run.id)::uuid, \(run.organisationID)::uuid, \(run.userID)::uuid, conversation_id, agent_id,
                \(input.modelID)::uuid, \(run.userMessageID)::uuid, \(run.messageID)::uuid,
                \(Self.priority(for: principal, urgency: input.urgency))::smallint, \(input.urgency),
                \(input.idempotencyKey), \(requestHash)::bytea, \(time)::timestamptz, \(fork?.original)::uuid,
                \(fork?.step)::smallint, \(fork?.changesJSON)::json
            from conversation, agent, parent
            where (\(input.modelID)::uuid is null or exists (select from model)) and not exists (select from earlier)
                and \(hasFiles)
            on conflict do nothing
            returning *
        ), message as (
            insert into messages (
                conversation_id, message_id, org_id, user_id, role, content, timestamp, run_id, parent_message_id,
                is_edited, edit_count, attachments
            )
            select r.conversation_id, r.user_message_id, r.org_id, r.user_id, 'user', \(input.content), r.created_at,
                r.run_id, parent.message_id, parent.edits > 0, parent.edits, \(attachments)
            from r, parent where \(isSaid)::boolean
            returning message_id
        ), activity as (
            update conversations c set
                message_count = c.message_count + (select count(*) from message)::integer,
                last_message_at = r.created_at, updated_at = r.created_at, leaf_message_id = r.user_message_id,
                title = case
                    when c.message_count = 0 and c.title = \(Conversation.untitled) then \(input.title) else c.title
                end
            from r where c.conversation_id = r.conversation_id
        )
        select exists (select from conversation) as has_conversation, exists (select from agent) as has_agent,
            \(input.modelID)::uuid is null or exists (select from model) as has_model,
            exists (select from parent) as has_place, \(hasFiles) as has_files, found.*
        from (values (1)) one
        left join (
            select * from earlier
            union all
            select \(Run.columns), r.request_hash, true as is_new, null::uuid as heard from r
        ) found on true
        """
    }

    /// A condition: all files that are named are there.
    private var hasFiles: Query {
        guard !input.attachments.isEmpty else { return "true" }
        return "(select count(*) from files f where \(isAttached)) = \(Set(input.attachments).count)::bigint"
    }

    /// An expression for the message's `attachments`.
    private var attachments: Query {
        switch input.place {
        case _ where !input.attachments.isEmpty:
            """
            (
                select jsonb_agg(\(AttachedFile.json) order by array_position(\(input.attachments)::uuid[], f.file_id))
                from files f where \(isAttached)
            )
            """
        case .beside(let message):
            """
            (
                select m.attachments from messages m
                where \(Store.isIn(input.conversationID, principal)) and m.message_id = \(message)
            )
            """
        default: "null::jsonb"
        }
    }

    /// For an `f` of files.
    private var isAttached: Query {
        """
        f.file_id = any(\(input.attachments)::uuid[]) and f.conversation_id = \(input.conversationID) and f.size is not null
            and \(Store.isOwnFile(principal))
        """
    }

    /// With what a fork changes, as that is not in what is said.
    private var requestHash: [UInt8]? {
        guard let fork, let hash = input.requestHash else { return input.requestHash }
        let parts = Data(hash) + Data("\(fork.original.text) \(fork.step) \(fork.changesJSON)".utf8)
        return Array(SHA256.hash(data: parts))
    }

    private var isSaid: Bool { input.place.question == nil }

    /// The run that the idempotency key has begun before, or else the one that has taken in what came with it.
    var earlier: Query {
        """
        select * from (
            select \(Run.columns), r.request_hash, false as is_new, null::uuid as heard from runs r
            where r.user_id = \(run.userID) and r.idempotency_key = \(input.idempotencyKey)
            union all
            select \(Run.columns), p.request_hash, false, p.message_id
            from pending_messages p join runs r using (run_id)
            where p.user_id = \(run.userID) and p.idempotency_key = \(input.idempotencyKey) and p.step is not null
        ) known order by heard nulls first limit 1
        """
    }

    var events: Query {
        fork.map { Self.events(of: run, $0) }
            ?? Self.events(of: run, temporaryMessageID: input.temporaryMessageID, time: time)
    }

    /// The beginning of a run that goes on from another one: as many events as that one's steps have.
    private static func events(of run: Run, _ fork: RunFork) -> Query {
        let received = EventData(run: run).messageReceived(userMessage: run.userMessageID, temporaryID: nil)
        let said = [(kind: RunEvent.Kind.messageReceived, data: received)] + fork.events(for: run)
        var rows = EventRows()
        rows.append(
            said.enumerated().map { index, event in
                RunEvent(sequence: Int64(index + 1), kind: event.kind, data: event.data, timestamp: run.createdAt)
            },
            of: run.id
        )
        return """
            insert into run_events (run_id, sequence, type, data, timestamp)
            select e.run_id, e.sequence, e.type, e.data::json, e.timestamp from \(rows.source) join runs using (run_id)
            """
    }

    /// A statement of its own in the transaction: it finds the run only if it was inserted, and so does the policy.
    static func events(of run: Run, temporaryMessageID: String?, time: String) -> Query {
        let data = EventData(run: run)
        return """
            insert into run_events (run_id, sequence, type, data, timestamp)
            select r.run_id, e.sequence, e.type, e.data, \(time)::timestamptz
            from runs r cross join (values
                (1, \(RunEvent.Kind.messageReceived),
                    \(data.messageReceived(userMessage: run.userMessageID, temporaryID: temporaryMessageID))::json),
                (2, \(RunEvent.Kind.runStatus), \(data.runStatus(.queued, attempt: run.attempt))::json)
            ) e (sequence, type, data)
            where r.run_id = \(run.id)
            """
    }

    /// nil when there is neither a new run nor an earlier one in the row.
    func start(_ row: Row) throws -> TurnStart? {
        guard let isNew: Bool = try row.get("is_new", as: Bool?.self) else { return nil }
        guard try isNew || row.get("request_hash") == requestHash else {
            throw StorageError.conflict("idempotency_key", "This key came with another message before.")
        }
        return TurnStart(run: try Run(row), isNew: isNew, heard: try row.get("heard"))
    }
}

extension TurnPlace {
    /// The message that is answered once more.
    fileprivate var question: UUID? {
        if case .again(let message) = self { message } else { nil }
    }
}
