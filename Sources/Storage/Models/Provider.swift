package import Engine
package import Foundation
import Postgres

/// A model provider as its organisation may see it: of its key no more than that there is one, and its last letters.
package struct Provider: Sendable, Equatable {
    package var id: UUID
    package var provider: ProviderKind
    package var providerName: String
    package var apiBaseURL: String
    /// OpenAI's organisation header.
    package var organizationID: String?
    package var isActive: Bool
    /// Whether the organisation's default model is one of its.
    package var isDefault: Bool
    package var createdAt: Date
    package var lastTestedAt: Date?
    /// `pending`, `success` or `failed`.
    package var testStatus: String
    /// Of a failed test: its code, where it is known, and its message in English.
    package var testCode: String?
    package var testMessage: String?
    package var hasKey: Bool
    /// The last four characters of the key.
    package var keyHint: String?
    /// Another for each key; it says nothing of the key.
    package var keyMark: String?
    /// How much of it all runs together may have at once; nil when nothing limits it.
    package var limit: ProviderLimit?
    /// By name.
    package var models: [ModelRecord]
}

extension Provider {
    /// For an `l` of llmconfigs.
    static let columns: Query = """
        l.llm_id, l.provider, l.provider_name, l.api_base_url, l.organization_id, l.is_active, l.created_at,
        l.last_tested_at, l.test_status, l.test_code, l.test_message, l.api_key_encrypted is not null as has_key,
        nullif(l.api_key_hint, '') as api_key_hint,
        sha256(convert_to(l.api_key_encrypted, 'UTF8'))::text as api_key_mark, \(ProviderLimit.columns),
        exists (
            select from organisations o join models d on d.model_id = o.default_model_id
            where o.org_id = l.org_id and d.llm_id = l.llm_id
        ) as is_default
        """

    init(_ row: Row, models: [ModelRecord]) throws {
        id = try row.get("llm_id")
        provider = try row.get("provider")
        providerName = try row.get("provider_name")
        apiBaseURL = try row.get("api_base_url")
        organizationID = try row.get("organization_id")
        isActive = try row.get("is_active")
        isDefault = try row.get("is_default")
        createdAt = try row.get("created_at")
        lastTestedAt = try row.get("last_tested_at")
        testStatus = try row.get("test_status")
        testCode = try row.get("test_code")
        testMessage = try row.get("test_message")
        hasKey = try row.get("has_key")
        keyHint = try row.get("api_key_hint")
        keyMark = try row.get("api_key_mark")
        limit = try ProviderLimit(row)
        self.models = models
    }
}

extension Provider {
    static let audited = AuditedTable(
        name: "provider",
        table: "llmconfigs",
        key: "llm_id",
        fields: """
            jsonb_build_object(
                'provider', x.provider, 'provider_name', x.provider_name, 'api_base_url', x.api_base_url,
                'api_key_hint', nullif(x.api_key_hint, ''), 'has_key', x.api_key_encrypted is not null,
                'organization_id', x.organization_id, 'is_active', x.is_active,
                'concurrent', x.rate_limit -> 'concurrent', 'per_minute', x.rate_limit -> 'per_minute'
            )
            """
    )
}
