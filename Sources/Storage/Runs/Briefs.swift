package import Engine
import Foundation
import Logging
import Postgres

extension Store {
    /// The most messages, and bytes of them, that a run is told of.
    private static let historyLimit = (messages: 200, bytes: 400 * 1024)

    /// One round trip: the agent, the conversation, the models with their keys in the clear, the tools.
    package func brief(for claimed: ClaimedRun) async throws -> RunBrief {
        let run = claimed.run
        // Beyond its first two events a log holds what a run has done: only then others may have answered it. What people say
        // into it may have been heard before anything was stored.
        let earlier = claimed.lastSequence > 2 ? [Self.answers(to: run), Self.children(of: run)] : []
        let answers = try await batch(
            [
                Self.agent(of: run), Self.history(of: run, upTo: run.userMessageID), Self.candidates(of: run),
                GrantedTools.query(run), Self.rules(user: run.userID, organisation: run.organisationID), Self.patience,
                Self.team(of: run), Self.context(of: run), Self.summaries(of: run), Self.steering(of: run),
            ] + earlier,
            by: .system
        )
        guard let agent = answers[0].first else { throw StorageError(.failed, "The run's agent is gone.") }
        let tools = try GrantedTools(answers[3])
        let path = try History(answers[1]).upTo(run.userMessageID)
        return RunBrief(
            agentName: try agent.get("display_name"),
            instruction: try agent.get("instruction"),
            messages: path.messages,
            context: try Self.context(answers[7], summaries: answers[8], path: path),
            candidates: try candidates(answers[2]),
            temperature: try agent.get("temperature", as: String?.self).flatMap { Double($0) },
            maximumTokens: try agent.get("max_tokens", as: String?.self).flatMap { Int($0) },
            tools: tools.names,
            keptTools: tools.kept,
            toolSettings: tools.settings,
            skills: try Self.skillNotes(try agent.get("skills")),
            policy: try Self.policy(answers[4], patience: answers[5]),
            approvals: earlier.isEmpty ? [] : try answers[10].map(Self.answer),
            steering: try answers[9].map(Self.steering),
            task: try agent.get("task", as: String?.self).map { TaskContext(json: try JSONValue(parsing: $0)) },
            team: try Self.team(answers[6], of: run, size: try agent.get("turn_size")),
            children: earlier.isEmpty ? [] : try answers[11].map(Self.child),
            hasBudgets: try agent.get("has_budgets"),
            needsTitle: try answers[7].first?.get("needs_title") ?? false,
            isCancelled: try agent.get("is_cancelled"),
            isPausing: try agent.get("is_pausing"),
            isSteered: try agent.get("is_steered")
        )
    }

    private static func agent(of run: Run) -> Query {
        """
        select a.display_name, coalesce(
                -- Changed for the one that went on; whoever takes over from it has an instruction of their own.
                case when r.changes ->> 'instruction_of' = a.agent_id::text then r.changes ->> 'instruction' end,
                a.instruction
            ) as instruction, a.parameters ->> 'temperature' as temperature,
            a.parameters ->> 'max_tokens' as max_tokens, r.cancel_requested_at is not null as is_cancelled,
            r.pause_requested_at is not null as is_pausing, exists (
                select from pending_messages p where p.run_id = r.run_id and p.step is null
            ) as is_steered, r.task,
            1 + (
                select count(*) from runs t where t.root_run_id = r.root_run_id and t.parent_run_id is not null
            ) as turn_size, \(hasBudgets("r")) as has_budgets,
            \(skillsOfAgent) as skills
        from agents a cross join runs r where a.agent_id = \(run.agentID) and r.run_id = \(run.id)
        """
    }

    /// For a row of runs: whether any budget could be its business.
    static func hasBudgets(_ run: Query) -> Query {
        """
        exists (
            select from budgets b
            where b.org_id = \(run).org_id and (b.owner_id is null or b.owner_id = \(run).user_id)
        )
        """
    }

    /// The way up from a message, as far as the limits allow: other branches are not told.
    static func history(of run: Run, upTo last: UUID) -> Query {
        """
        with recursive branch as (
            select m.message_id, m.parent_message_id, m.role, m.content, m.attachments, 1 as place,
                octet_length(m.content)::bigint as bytes
            from messages m
            where m.conversation_id = \(run.conversationID) and m.message_id = \(last)
            union all
            select m.message_id, m.parent_message_id, m.role, m.content, m.attachments, b.place + 1, b.bytes + octet_length(m.content)
            from branch b join messages m on m.message_id = b.parent_message_id
            where m.conversation_id = \(run.conversationID) and not m.is_deleted
                and b.place < \(historyLimit.messages) and b.bytes + octet_length(m.content) <= \(historyLimit.bytes)
        )
        select message_id, parent_message_id, role, content, attachments from branch order by place
        """
    }

    /// The first of: chosen, the agent's, the default; then the fallbacks by their rank. A child's agent goes before what
    /// was chosen for the turn.
    static func candidates(of run: Run) -> Query {
        """
        select m.model_id, m.name, m.context_window, m.max_tokens, m.supports_vision, \(SealedEndpoint.columns), \(Pricing.columns),
            m.fallback_rank, \(ProviderLimit.columns)
        from runs r
        join agents a on a.agent_id = r.agent_id
        join organisations o on o.org_id = r.org_id
        join models m on m.org_id = r.org_id and m.is_active and m.model_type in ('chat', 'completion')
        join llmconfigs l on l.llm_id = m.llm_id and l.is_active
        cross join lateral (
            select case m.model_id
                when case when r.depth = 0 then r.model_id else coalesce(a.model_id, r.model_id) end then 1
                when case when r.depth = 0 then a.model_id else r.model_id end then 2
                when o.default_model_id then 3
            end as place
        ) wanted
        where r.run_id = \(run.id) and (wanted.place is not null or m.fallback_rank is not null)
        order by wanted.place, m.fallback_rank, m.model_id
        """
    }

    func candidates(_ rows: Rows) throws -> [ModelCandidate] {
        // Of those that were wanted first, one is enough; the others come along only if they have a rank.
        var ranked: [(rank: Int, candidate: ModelCandidate)] = []
        for row in rows {
            let rank = try row.get("fallback_rank", as: Int?.self)
            guard ranked.isEmpty || rank != nil, let candidate = try candidate(row) else { continue }
            ranked.append((ranked.isEmpty ? 0 : rank ?? 0, candidate))
        }
        return ranked.sorted { $0.rank < $1.rank }.map(\.candidate)
    }

    /// nil when its key cannot be opened: another may do, and the log says what is wrong.
    func candidate(_ row: Row) throws -> ModelCandidate? {
        do {
            return ModelCandidate(
                modelID: try row.get("model_id"),
                name: try row.get("name"),
                endpoint: try SealedEndpoint(row).opened(with: keys),
                price: try Pricing.price(row),
                providerID: try row.get("llm_id"),
                limit: try ProviderLimit(row),
                contextWindow: try row.get("context_window"),
                maximumTokens: try row.get("max_tokens"),
                supportsVision: try row.get("supports_vision")
            )
        } catch let error as StorageError where error.code == .sealing {
            logger.error("A provider's key cannot be opened", metadata: ["error": "\(error)"])
            return nil
        }
    }
}
