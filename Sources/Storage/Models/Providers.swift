package import Engine
package import Foundation
import Postgres

extension Store {
    /// The organisation's providers with their models, the oldest first.
    package func providers(by principal: Principal) async throws -> [Provider] {
        try await providers(where: "l.org_id = \(principal.organisationID)", by: principal)
    }

    package func provider(_ id: UUID, by principal: Principal) async throws -> Provider? {
        try await providers(where: "l.org_id = \(principal.organisationID) and l.llm_id = \(id)", by: principal).first
    }

    /// The key is sealed before it goes anywhere.
    package func createProvider(
        kind: ProviderKind,
        name: String,
        baseURL: String,
        apiKey: Secret?,
        organization: String?,
        by principal: Principal,
        address: String? = nil
    ) async throws -> Provider {
        let id = UUID.v7()
        let key = try apiKey.flatMap { $0.isEmpty ? nil : try sealed($0, of: id) }
        guard key != nil || !kind.needsKey else { throw StorageError.invalid("api_key", "This provider needs a key.") }
        let name = try Checks.text(name, "provider_name", upTo: 100)
        let baseURL = try Checks.text(baseURL, "api_base_url", upTo: 500)
        let organization = try organization.map { try Self.checkedOrganization($0) }
        let insertion: Query = """
            insert into llmconfigs (
                llm_id, org_id, user_id, provider, provider_name, api_key_encrypted, api_key_hint, api_base_url,
                organization_id, is_address_trusted
            )
            values (
                \(id), \(principal.organisationID), \(principal.userID), \(kind), \(name), \(key?.text), \(key?.hint),
                \(baseURL), nullif(\(organization), ''), \(principal.isSuperuser)
            )
            """
        let audited = Provider.audited.statement(.created, id, insertion, by: principal, address: address)
        try await query(audited, by: principal)
        guard let provider = try await provider(id, by: principal) else {
            throw StorageError(.failed, "The provider was not made.")
        }
        return provider
    }

    /// `apiKey`: nil keeps the key, `.some(nil)` drops it. Another address drops it as well, unless a new one comes
    /// along: a key goes to nobody but the one that it was given for. `organization` and `limit`, which is how much of the
    /// provider all runs together may have at once: nil keeps what is there, `.some(nil)` takes it away.
    package func updateProvider(
        _ id: UUID,
        name: String,
        baseURL: String,
        apiKey: Secret??,
        isActive: Bool,
        organization: String?? = nil,
        limit: ProviderLimit?? = nil,
        by principal: Principal,
        address: String? = nil
    ) async throws -> Provider? {
        let isNewKey = apiKey != nil
        let key = try (apiKey ?? nil).flatMap { $0.isEmpty ? nil : try sealed($0, of: id) }
        let baseURL = try Checks.text(baseURL, "api_base_url", upTo: 500)
        let organization = try organization.map { try $0.map { try Self.checkedOrganization($0) } }
        let newOrganization: Query = organization.map { "nullif(\($0), '')" } ?? "organization_id"
        let keepsKey: Query = "(not \(isNewKey)::boolean and api_base_url = \(baseURL))"
        let change: Query = """
            update llmconfigs set
                provider_name = \(try Checks.text(name, "provider_name", upTo: 100)),
                api_base_url = \(baseURL),
                is_address_trusted = \(principal.isSuperuser)::boolean
                    or (is_address_trusted and api_base_url = \(baseURL)),
                is_active = \(isActive), organization_id = \(newOrganization),
                rate_limit = \(try limit.map { try Self.written($0) } ?? "rate_limit"),
                api_key_encrypted = case when \(keepsKey) then api_key_encrypted else \(key?.text) end,
                api_key_hint = case when \(keepsKey) then api_key_hint else \(key?.hint) end,
                test_status = case when \(keepsKey) then test_status else 'pending' end,
                test_code = case when \(keepsKey) then test_code end,
                test_message = case when \(keepsKey) then test_message end
            where llm_id = \(id) and org_id = \(principal.organisationID)
            """
        let audited = Provider.audited.statement(.updated, id, change, by: principal, address: address)
        try await batch(Self.locked(.provider(id)) + [audited], by: principal)
        return try await provider(id, by: principal)
    }

    private static func checkedOrganization(_ name: String) throws -> String {
        try Checks.text(name, "organization_id", upTo: 100, allowsEmpty: true)
    }

    package func deleteProvider(_ id: UUID, by principal: Principal, address: String? = nil) async throws -> Bool {
        let deletion: Query = "delete from llmconfigs where llm_id = \(id) and org_id = \(principal.organisationID)"
        let audited = Provider.audited.statement(.deleted, id, deletion, by: principal, address: address)
        return try await batch(Self.locked(.provider(id)) + [audited], by: principal).last?.affected == 1
    }

    /// With the key in the clear, for the one who calls the provider.
    package func endpoint(of provider: UUID, by principal: Principal) async throws -> ProviderEndpoint? {
        try await query(
            """
            select \(SealedEndpoint.columns) from llmconfigs l
            where l.llm_id = \(provider) and l.org_id = \(principal.organisationID)
            """,
            by: principal
        ).first.map { try SealedEndpoint($0).opened(with: keys) }
    }

    package func recordTest(_ id: UUID, _ result: ProbeResult, by principal: Principal) async throws -> Provider? {
        try await query(
            """
            update llmconfigs set
                last_tested_at = now(),
                test_status = \(result.failure == nil ? "success" : "failed"),
                test_code = \(result.failure.map { String($0.code.prefix(20)) }),
                test_message = \(result.failure.map { String($0.message.prefix(500)) })
            where llm_id = \(id) and org_id = \(principal.organisationID)
            """,
            by: principal
        )
        return try await provider(id, by: principal)
    }

    private func providers(where condition: Query, by principal: Principal) async throws -> [Provider] {
        let answers = try await batch(
            [
                "select \(Provider.columns) from llmconfigs l where \(condition) order by l.created_at, l.llm_id",
                """
                select \(ModelRecord.columns) from llmconfigs l \(ModelRecord.ofProvider)
                where \(condition) order by m.display_name, m.model_id
                """,
            ],
            by: principal
        )
        let models = Dictionary(grouping: try answers[1].map(ModelRecord.init), by: \.llmID)
        return try answers[0].map { try Provider($0, models: models[try $0.get("llm_id")] ?? []) }
    }

    private func sealed(_ key: Secret, of provider: UUID) throws -> (text: String, hint: String) {
        let plain = try Checks.text(key.reveal(), "api_key", upTo: 2000)
        let text = try keys.seal(Secret(plain), in: SealedEndpoint.keyPlace(provider))
        // Of a short key four characters would be too much.
        return (text, plain.count >= 16 ? String(plain.suffix(4)) : "")
    }
}
