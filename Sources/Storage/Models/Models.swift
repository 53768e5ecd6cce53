package import Engine
package import Foundation
import Postgres

extension Store {
    package func models(llmID: UUID?, isActive: Bool?, by principal: Principal) async throws -> [ModelRecord] {
        try await query(
            """
            select \(ModelRecord.columns) from models m \(ModelRecord.organisation)
            where m.org_id = \(principal.organisationID)
                and (\(llmID)::uuid is null or m.llm_id = \(llmID))
                and (\(isActive)::boolean is null or m.is_active = \(isActive))
            order by m.created_at, m.model_id
            """,
            by: principal
        ).map(ModelRecord.init)
    }

    package func model(_ id: UUID, by principal: Principal) async throws -> ModelRecord? {
        try await query(Self.model(id, principal), by: principal).first.map(ModelRecord.init)
    }

    /// nil when there is no such provider. `modelType`: by its name when nothing is said. An organisation's first chat model becomes its default.
    package func createModel(
        llmID: UUID,
        name: String,
        displayName: String,
        modelType: String? = nil,
        contextWindow: Int? = nil,
        maxTokens: Int? = nil,
        pricing: String? = nil,
        supportsVision: Bool? = nil,
        by principal: Principal,
        address: String? = nil
    ) async throws -> ModelRecord? {
        let modelType = modelType ?? ModelRecord.likelyType(name)
        guard ModelRecord.types.contains(modelType) else {
            throw StorageError.invalid("model_type", "Use \(ModelRecord.types.joined(separator: ", ")).")
        }
        let id = UUID.v7()
        let insertion: Query = """
            insert into models (
                model_id, llm_id, org_id, name, display_name, model_type, context_window, max_tokens, pricing,
                supports_vision
            )
            select \(id)::uuid, llm_id, org_id, \(try Checks.text(name, "name", upTo: 100)),
                \(try Checks.text(displayName, "display_name", upTo: 100)), \(modelType),
                \(try Self.count(contextWindow, "context_window"))::integer,
                \(try Self.count(maxTokens, "max_tokens"))::integer,
                \(try pricing.map { JSONText(try Pricing.check($0)) })::jsonb,
                \(supportsVision ?? ModelRecord.mayHaveVision(name))::boolean
            from llmconfigs where llm_id = \(llmID) and org_id = \(principal.organisationID)
            """
        let answers = try await batch(
            [
                ModelRecord.audited.statement(.created, id, insertion, by: principal, address: address),
                """
                update organisations set default_model_id = \(id)
                where org_id = \(principal.organisationID) and default_model_id is null
                    and exists (select from models where model_id = \(id) and model_type = 'chat')
                """,
                Self.model(id, principal),
            ],
            by: principal
        )
        return try answers[2].first.map(ModelRecord.init)
    }

    /// nil leaves a field as it is; `.some(nil)` clears it.
    package func updateModel(
        _ id: UUID,
        displayName: String? = nil,
        contextWindow: Int?? = nil,
        maxTokens: Int?? = nil,
        pricing: String?? = nil,
        supportsVision: Bool? = nil,
        isActive: Bool? = nil,
        by principal: Principal,
        address: String? = nil
    ) async throws -> ModelRecord? {
        let change: Query = """
            update models set
                display_name = coalesce(
                    \(try displayName.map { try Checks.text($0, "display_name", upTo: 100) }), display_name
                ),
                context_window = \(try Self.changed("context_window", contextWindow)),
                max_tokens = \(try Self.changed("max_tokens", maxTokens)),
                pricing = \(try Self.changed(pricing)),
                supports_vision = coalesce(\(supportsVision)::boolean, supports_vision),
                is_active = coalesce(\(isActive)::boolean, is_active)
            where model_id = \(id) and org_id = \(principal.organisationID)
            """
        let audited = ModelRecord.audited.statement(.updated, id, change, by: principal, address: address)
        let answers = try await batch(
            Self.locked(.model(id)) + [audited, Self.model(id, principal)],
            by: principal
        )
        return try answers.last?.first.map(ModelRecord.init)
    }

    package func deleteModel(_ id: UUID, by principal: Principal, address: String? = nil) async throws -> Bool {
        let deletion: Query = "delete from models where model_id = \(id) and org_id = \(principal.organisationID)"
        let audited = ModelRecord.audited.statement(.deleted, id, deletion, by: principal, address: address)
        // First the organisation, as whoever chooses its models does: of those it may be the default.
        let line: Query = "select from organisations where org_id = \(principal.organisationID) for update"
        return try await batch([line] + Self.locked(.model(id)) + [audited], by: principal).last?.affected == 1
    }

    private static func model(_ id: UUID, _ principal: Principal) -> Query {
        """
        select \(ModelRecord.columns) from models m \(ModelRecord.organisation)
        where m.model_id = \(id) and m.org_id = \(principal.organisationID)
        """
    }

    private static func changed(_ column: String, _ number: Int??) throws -> Query {
        guard let number else { return "\(unescaped: column)" }
        return "\(try count(number, column))::integer"
    }

    private static func changed(_ pricing: String??) throws -> Query {
        guard let pricing else { return "pricing" }
        return "\(try pricing.map { JSONText(try Pricing.check($0)) })::jsonb"
    }

    private static func count(_ number: Int?, _ field: String) throws -> Int? {
        guard let number else { return nil }
        guard (1...100_000_000).contains(number) else { throw StorageError.invalid(field, "A whole number above 0.") }
        return number
    }
}
