import Engine
import Foundation
import Postgres

/// A provider's address with its key still sealed.
struct SealedEndpoint: Sendable {
    var provider: UUID
    var kind: ProviderKind
    var baseURL: String
    var key: String?
    var organisation: String?
    var isTrusted: Bool

    /// For an `l` of llmconfigs.
    static let columns: Query = """
        l.llm_id, l.provider, l.api_base_url, l.api_key_encrypted, l.organization_id, l.is_address_trusted
        """

    init(_ row: Row) throws {
        provider = try row.get("llm_id")
        kind = try row.get("provider")
        baseURL = try row.get("api_base_url")
        key = try row.get("api_key_encrypted")
        organisation = try row.get("organization_id")
        isTrusted = try row.get("is_address_trusted")
    }

    func opened(with keys: SealingKeys) throws -> ProviderEndpoint {
        ProviderEndpoint(
            kind: kind,
            baseURL: baseURL,
            apiKey: try key.map { try keys.open($0, in: Self.keyPlace(provider)) },
            organisation: organisation,
            isTrusted: isTrusted
        )
    }

    static func keyPlace(_ provider: UUID) -> SealedPlace {
        SealedPlace(table: "llmconfigs", row: provider, column: "api_key_encrypted")
    }
}
