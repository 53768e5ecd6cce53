package import Engine
package import Foundation
import Postgres

/// What models do besides answering, where nobody chooses one.
package enum ModelPurpose: String, Sendable, CaseIterable {
    /// Titles and summaries of conversations.
    case writing
    /// Writing recordings down.
    case transcription

    /// The types of models that do it.
    package var types: [String] { self == .writing ? ["chat", "completion"] : ["transcription"] }
}

/// The model that an organisation has chosen for a purpose.
package struct DefaultModel: Sendable, Equatable {
    package var purpose: ModelPurpose
    /// nil when it was deleted, or is switched off: the usual one does it.
    package var modelID: UUID?
    package var name: String

    package init(purpose: ModelPurpose, modelID: UUID?, name: String) {
        (self.purpose, self.modelID, self.name) = (purpose, modelID, name)
    }
}

extension Store {
    /// Those that were chosen.
    package func defaultModels(by principal: Principal) async throws -> [DefaultModel] {
        try await query(
            """
            select d.purpose, d.model_name, m.model_id from default_models d
            left join models m on m.model_id = d.model_id and m.is_active and exists (
                select from llmconfigs l where l.llm_id = m.llm_id and l.is_active
            )
            where d.org_id = \(principal.organisationID) order by d.purpose
            """,
            by: principal
        ).compactMap { row in
            guard let purpose = ModelPurpose(rawValue: try row.get("purpose")) else { return nil }
            return DefaultModel(
                purpose: purpose,
                modelID: try row.get("model_id"),
                name: try row.get("model_name")
            )
        }
    }

    /// An expression for the model that the organisation of a row has chosen.
    static func defaultModel(for purpose: ModelPurpose, of row: Query) -> Query {
        """
        (
            select d.model_id from default_models d
            where d.org_id = \(row).org_id and d.purpose = \(purpose.rawValue)
        )
        """
    }
}
