package import Engine
import Foundation
import Postgres

/// What a program's models are for.
package enum GatewayPurpose: Sendable, Hashable { case chat, embedding }

/// Who asks for which model.
struct GatewayQuestion: Hashable, Sendable {
    var user: UUID
    var organisation: UUID
    var model: String
    var purpose: GatewayPurpose
}

extension Store {
    /// The models that a call for one of this name or id may go to: that one, and for chat its fallbacks by their rank. Of
    /// several with one name it is the default, the first among the fallbacks, or the oldest. nil when there is none such
    /// that works. Remembered for a second.
    package func route(
        to model: String,
        for purpose: GatewayPurpose,
        by principal: Principal
    ) async throws -> GatewayRoute? {
        guard let user = principal.userID, let organisation = principal.organisationID else { return nil }
        let question = GatewayQuestion(user: user, organisation: organisation, model: model, purpose: purpose)
        return try await gatewayRoutes.value(of: question) { try await look(up: question, by: principal) }
    }

    private func look(up question: GatewayQuestion, by principal: Principal) async throws -> GatewayRoute? {
        let isFit: Query =
            switch question.purpose {
            case .chat: "m.model_type in ('chat', 'completion')"
            case .embedding: "m.model_type = 'embedding'"
            }
        let isAsked: Query = "(m.name = \(question.model) or m.model_id = \(UUID(uuidString: question.model))::uuid)"
        let asked = "m.model_id is not distinct from asked.model_id" as Query
        let mayFallBack: Query = question.purpose == .chat ? "m.fallback_rank is not null" : "false"
        let models: Query = "models m join llmconfigs l on l.llm_id = m.llm_id and l.is_active"
        let rows = try await query(
            """
            with asked as (
                select m.model_id from \(models) join organisations o on o.org_id = m.org_id
                where m.org_id = \(question.organisation) and m.is_active and \(isFit) and \(isAsked)
                order by m.model_id = o.default_model_id desc nulls last, m.fallback_rank nulls last, m.created_at, m.model_id
                limit 1
            )
            select m.model_id, m.name, m.context_window, m.max_tokens, m.supports_vision, \(SealedEndpoint.columns),
                \(Pricing.columns), m.fallback_rank, \(ProviderLimit.columns), \(Self.hasBudgets("me")) as has_budgets
            from asked cross join \(models)
            cross join (select \(question.organisation)::uuid as org_id, \(question.user)::uuid as user_id) me
            where m.org_id = \(question.organisation) and m.is_active and \(isFit) and (\(asked) or \(mayFallBack))
            order by \(asked) desc, m.fallback_rank, m.model_id
            """,
            by: principal
        )
        let candidates = try candidates(rows)
        guard let first = rows.first, !candidates.isEmpty else { return nil }
        return GatewayRoute(candidates: candidates, hasBudgets: try first.get("has_budgets"))
    }
}
