package import Engine
package import Foundation
import Postgres

// Models that write recordings down.
extension Store: TranscriptionBook {
    /// The one that the organisation has chosen; else the first by rank, then by age.
    package func transcriptionModel(by principal: Principal) async throws -> ModelCandidate? {
        try await query(
            """
            select m.model_id, m.name, m.context_window, m.max_tokens, m.supports_vision, \(SealedEndpoint.columns),
                \(Pricing.columns), \(ProviderLimit.columns)
            from models m join llmconfigs l on l.llm_id = m.llm_id and l.is_active
            where m.org_id = \(principal.organisationID) and m.is_active and m.model_type = 'transcription'
            order by m.model_id = \(Self.defaultModel(for: .transcription, of: "m")) desc nulls last, m.fallback_rank, m.created_at, m.model_id limit 1
            """,
            by: principal
        ).first.flatMap(candidate)
    }

    package func record(_ usage: UsageRecord, of run: UUID) async throws {
        var rows = UsageRows()
        rows.append([usage], of: run)
        try await query(rows.insertion(for: "runs"), by: .system)
    }
}
