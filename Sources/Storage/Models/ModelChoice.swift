package import Engine
package import Foundation
import Postgres

/// Which models answer, stand in and do the rest: what is nil stays as it is.
package struct ModelChoice: Sendable {
    /// The one that answers when none is named.
    package var chat: UUID?
    /// Those that are asked, in this order, when the chosen one fails; all others are asked no longer.
    package var fallbacks: [UUID]?
    /// What models do besides answering; nil of one: the usual one does it.
    package var purposes: [ModelPurpose: UUID?]

    package init(chat: UUID? = nil, fallbacks: [UUID]? = nil, purposes: [ModelPurpose: UUID?] = [:]) {
        self.chat = chat
        self.fallbacks = fallbacks.map { $0.reduce(into: []) { if !$0.contains($1) { $0.append($1) } } }
        self.purposes = purposes
    }

    fileprivate static let chatField = "chat"
    fileprivate static let fallbackField = "model_ids"
}

extension Store {
    /// All of it, written into the audit, or nothing: `.invalid` with `chat`, `model_ids` or a purpose's name when there is no
    /// such model that is active and can do it. A fallback may be switched off.
    package func choose(_ choice: ModelChoice, by principal: Principal, address: String?) async throws {
        let entry = try await entry(for: choice, by: principal)
        let answers = try await batch(
            [
                // Two who choose at the same moment do so one after the other. (Their entries say what each had seen.)
                "select from organisations where org_id = \(principal.organisationID) for update",
                Self.statement(choice, entry, by: principal, address: address),
            ],
            by: principal
        )
        guard let field: String = try answers[1].first?.get("field") else { return }
        throw StorageError.invalid(field, Self.unknown(field))
    }

    private static func unknown(_ field: String) -> String {
        switch field {
        case ModelChoice.fallbackField: return "One of these models does not exist."
        case ModelChoice.chatField: return "There is no such model, or it is not active."
        default:
            let types = ModelPurpose(rawValue: field)?.types.joined(separator: " or ") ?? ""
            return "There is no such model of type \(types), or it is not active."
        }
    }

    private static func statement(
        _ choice: ModelChoice,
        _ entry: AuditEntry,
        by principal: Principal,
        address: String?
    ) -> Query {
        let organisation = principal.organisationID
        let fallbacks = choice.fallbacks ?? []
        let cleared = choice.purposes.filter { $0.value == nil }.keys.map(\.rawValue)
        let audit = entry.insertion(for: "chosen", by: principal, address: address)
        let audited: Query = entry.before.isEmpty && entry.after.isEmpty ? "" : ", audited as (\(audit))"
        return """
            with \(wanted(choice)), fit as (
                select w.field, m.model_id, m.display_name from wanted w
                join models m on m.model_id = w.model_id and m.org_id = \(organisation)
                    and (m.is_active or w.field = \(ModelChoice.fallbackField))
                    and (w.types is null or m.model_type = any(string_to_array(w.types, ',')))
            ), wrong as (
                select field from wanted except all select field from fit
            ), chosen as (
                update organisations set default_model_id = coalesce(\(choice.chat)::uuid, default_model_id)
                where org_id = \(organisation) and not exists (select from wrong)
                returning org_id
            ), ranked as (
                update models m set fallback_rank = array_position(\(fallbacks)::uuid[], m.model_id) from chosen
                where m.org_id = chosen.org_id and \(choice.fallbacks != nil)::boolean
                    and (m.fallback_rank is not null or m.model_id = any(\(fallbacks)::uuid[]))
            ), cleared as (
                delete from default_models d using chosen
                where d.org_id = chosen.org_id and d.purpose = any(\(cleared)::text[])
            ), kept as (
                insert into default_models (org_id, purpose, model_id, model_name)
                select chosen.org_id, f.field, f.model_id, f.display_name from fit f, chosen
                where f.field = any(\(ModelPurpose.allCases.map(\.rawValue))::text[])
                on conflict (org_id, purpose) do update set
                    model_id = excluded.model_id, model_name = excluded.model_name
            )\(audited)
            select field from wrong limit 1
            """
    }

    /// Every model that is named, for what, and of which types it must be.
    private static func wanted(_ choice: ModelChoice) -> Query {
        var rows: [(field: String, model: UUID, types: String?)] = []
        if let chat = choice.chat { rows.append((ModelChoice.chatField, chat, nil)) }
        for id in choice.fallbacks ?? [] { rows.append((ModelChoice.fallbackField, id, nil)) }
        for case (let purpose, let id?) in choice.purposes {
            rows.append((purpose.rawValue, id, purpose.types.joined(separator: ",")))
        }
        return """
            wanted as (
                select * from unnest(
                    \(rows.map(\.field))::text[], \(rows.map(\.model))::uuid[], \(rows.map(\.types))::text[]
                ) w (field, model_id, types)
            )
            """
    }

    /// By the models' names, as people know them, with their ids.
    private func entry(for choice: ModelChoice, by principal: Principal) async throws -> AuditEntry {
        let models = try await models(llmID: nil, isActive: nil, by: principal)
        let chosen = try await defaultModels(by: principal)
        func name(_ id: UUID?) -> JSONValue {
            guard let id else { return .null }
            let name = models.first { $0.id == id }?.displayName
            return .string([name, id.text].compactMap(\.self).joined(separator: " "))
        }
        var (before, after): ([String: JSONValue], [String: JSONValue]) = ([:], [:])
        func note(_ field: String, _ old: JSONValue, _ new: JSONValue) { (before[field], after[field]) = (old, new) }
        if let chat = choice.chat { note("chat", name(models.first(where: \.isDefault)?.id), name(chat)) }
        if let fallbacks = choice.fallbacks {
            let ranked = models.filter { $0.fallbackRank != nil }.sorted { $0.fallbackRank ?? 0 < $1.fallbackRank ?? 0 }
            note("fallbacks", .array(ranked.map { name($0.id) }), .array(fallbacks.map(name)))
        }
        for (purpose, id) in choice.purposes {
            note(purpose.rawValue, name(chosen.first { $0.purpose == purpose }?.modelID), name(id))
        }
        return AuditEntry("model_choice.changed", before: before, after: after)
    }
}
