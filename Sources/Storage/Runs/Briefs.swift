package import Engine
import Foundation
import Logging
import Postgres

extension Store {
    /// The most messages, and bytes of them, that a run is told of.
    private static let historyLimit = (messages: 200, bytes: 400 * 1024)

    /// The agent, the conversation, the models with their keys in the clear, the tools. Runs that are taken up together are
    /// asked about together: of ten small questions, most of the time goes into asking.
    package func brief(for claimed: ClaimedRun) async throws -> RunBrief {
        try await briefs.add(claimed) { try await briefs(for: $0) }
    }

    private func briefs(for claimed: [ClaimedRun]) async throws -> [RunBrief] {
        let runs = claimed.map(\.run)
        // Beyond its first two events a log holds what a run has done: only then others may have answered it. What people say
        // into it may have been heard before anything was stored.
        let earlier = claimed.filter { $0.lastSequence > 2 }.map(\.run)
        let answers = try await batch(
            [
                // By the indexes, whatever the planner thinks of tables that were empty a moment ago.
                "select set_config('enable_seqscan', 'off', true)",
                Self.patience,
                RunTerms.each(of: runs, Self.agent),
                RunTerms.each(of: runs) { Self.history(of: $0, upTo: $0.userMessageID) },
                RunTerms.each(of: runs) { Self.candidates(of: $0) },
                RunTerms.each(of: runs, GrantedTools.query),
                RunTerms.each(of: runs) { Self.rules(user: $0.userID, organisation: $0.organisationID) },
                RunTerms.each(of: runs, Self.team),
                RunTerms.each(of: runs, Self.context),
                RunTerms.each(of: runs, Self.summaries),
                RunTerms.each(of: runs, Self.steering),
            ]
                + (earlier.isEmpty
                    ? [] : [RunTerms.each(of: earlier, Self.answers), RunTerms.each(of: earlier, Self.children)]),
            by: .system
        )
        do {
            let told = try answers.dropFirst(2).map { rows in
                try Dictionary(grouping: rows) { try $0.get("asked_run", as: UUID.self) }
            }
            return try claimed.map { one in
                try brief(one.run, BriefAnswers(run: one.run.id, patience: answers[1], told: told))
            }
        } catch let error as StorageError {
            throw error
        } catch {
            // What one run keeps and nobody can read is that run's end, and no other's.
            throw StorageError(.failed, "What is known of the run cannot be read.", underlying: error)
        }
    }

    private func brief(_ run: Run, _ answers: BriefAnswers) throws -> RunBrief {
        guard let agent = answers[.agent].first else { throw StorageError(.failed, "The run's agent is gone.") }
        let tools = try GrantedTools(answers[.tools])
        let path = try History(answers[.history]).upTo(run.userMessageID)
        return RunBrief(
            agentName: try agent.get("display_name"),
            instruction: try agent.get("instruction"),
            messages: path.messages,
            context: try Self.context(answers[.context], summaries: answers[.summaries], path: path),
            candidates: try candidates(answers[.candidates]),
            temperature: try agent.get("temperature", as: String?.self).flatMap { Double($0) },
            maximumTokens: try agent.get("max_tokens", as: String?.self).flatMap { Int($0) },
            tools: tools.names,
            keptTools: tools.kept,
            toolSettings: tools.settings,
            skills: try Self.skillNotes(try agent.get("skills")),
            policy: try Self.policy(answers[.rules], patience: answers.patience),
            approvals: try answers[.approvals].map(Self.answer),
            steering: try answers[.steering].map(Self.steering),
            task: try agent.get("task", as: String?.self).map { TaskContext(json: try JSONValue(parsing: $0)) },
            team: try Self.team(answers[.team], of: run, size: try agent.get("turn_size")),
            children: try answers[.children].map(Self.child),
            hasBudgets: try agent.get("has_budgets"),
            needsTitle: try answers[.context].first?.get("needs_title") ?? false,
            isCancelled: try agent.get("is_cancelled"),
            isPausing: try agent.get("is_pausing"),
            isSteered: try agent.get("is_steered")
        )
    }

    private static func agent(of run: RunTerms) -> Query {
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

    /// By the index of turns, which holds those below one.
    package func tokens(besides run: Run) async throws -> Int {
        let row = try await query(
            """
            select coalesce(sum(u.input_tokens::bigint + u.output_tokens), 0)::bigint as tokens
            from (
                select \(run.rootRunID)::uuid as run_id
                union all
                select run_id from runs where root_run_id = \(run.rootRunID) and parent_run_id is not null
            ) t join usage_records u using (run_id)
            where t.run_id <> \(run.id)
            """,
            by: .system
        ).first
        return try row?.get("tokens") ?? 0
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
    static func history(of run: RunTerms, upTo last: Query) -> Query {
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
    /// was chosen for the turn, and what the organisation has chosen for the purpose before all.
    static func candidates(of run: RunTerms, for purpose: ModelPurpose? = nil) -> Query {
        let chosen: Query = purpose.map { "when \(defaultModel(for: $0, of: "r")) then 0" } ?? ""
        return """
            select m.model_id, m.name, m.context_window, m.max_tokens, m.supports_vision, \(SealedEndpoint.columns), \(Pricing.columns),
                m.fallback_rank, \(ProviderLimit.columns)
            from runs r
            join agents a on a.agent_id = r.agent_id
            join organisations o on o.org_id = r.org_id
            join models m on m.org_id = r.org_id and m.is_active and m.model_type in ('chat', 'completion')
            join llmconfigs l on l.llm_id = m.llm_id and l.is_active
            cross join lateral (
                select case m.model_id
                    \(chosen)
                    when case when r.depth = 0 then r.model_id else coalesce(a.model_id, r.model_id) end then 1
                    when case when r.depth = 0 then a.model_id else r.model_id end then 2
                    when o.default_model_id then 3
                end as place
            ) wanted
            where r.run_id = \(run.id) and (wanted.place is not null or m.fallback_rank is not null)
            order by wanted.place, m.fallback_rank, m.model_id
            """
    }

    func candidates(_ rows: some Sequence<Row>) throws -> [ModelCandidate] {
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

/// What the questions of a brief were answered for one of its runs.
private struct BriefAnswers {
    /// In the order in which they are asked.
    enum Question: Int {
        case agent, history, candidates, tools, rules, team, context, summaries, steering, approvals, children
    }

    let run: UUID
    let patience: Rows
    let told: [[UUID: [Row]]]

    /// Nothing for what was not asked.
    subscript(question: Question) -> [Row] {
        question.rawValue < told.count ? told[question.rawValue][run] ?? [] : []
    }
}
