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
        let answers = try await batch(
            // Of two who choose at the same moment the second waits, and finds what the first has chosen.
            Self.locked(.modelChoice(of: principal.organisationID)) + [
                Self.statement(choice, by: principal, address: address)
            ],
            by: principal
        )
        guard let field: String = try answers.last?.first?.get("field") else { return }
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

    private static func statement(_ choice: ModelChoice, by principal: Principal, address: String?) -> Query {
        let organisation = principal.organisationID
        let fallbacks = choice.fallbacks ?? []
        let cleared = choice.purposes.filter { $0.value == nil }.keys.map(\.rawValue)
        let audit = AuditEntry("model_choice.changed").insertion(
            for: "noted where noted.detail <> '{}'",
            by: principal,
            address: address,
            detail: "noted.detail"
        )
        return """
            with \(wanted(choice)), \(stood(choice, in: organisation)), fit as (
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
            ), noted as (
                select \(AuditEntry.difference("stood.before", "stood.after")) as detail from stood, chosen
            ), audited as (
                \(audit)
            )
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

    /// Of what is chosen, how it was and how it will be: by the models' names, as people know them, with their ids.
    private static func stood(_ choice: ModelChoice, in organisation: UUID?) -> Query {
        let name: Query = "concat_ws(' ', m.display_name, m.model_id)"
        let models: Query = "models m where m.org_id = \(organisation)"
        var (before, after): ([Query], [Query]) = ([], [])
        func note(_ field: String, _ old: Query, _ new: Query) {
            before.append("\(field)::text, (\(old))")
            after.append("\(field)::text, (\(new))")
        }
        if let chat = choice.chat {
            let old: Query = "organisations o join models m on m.model_id = o.default_model_id"
            note(
                ModelChoice.chatField,
                "select \(name) from \(old) where o.org_id = \(organisation)",
                "select \(name) from \(models) and m.model_id = \(chat)"
            )
        }
        if let ids = choice.fallbacks {
            let place: Query = "array_position(\(ids)::uuid[], m.model_id)"
            note(
                "fallbacks",
                """
                select coalesce(jsonb_agg(\(name) order by m.fallback_rank), '[]') from \(models)
                    and m.fallback_rank is not null
                """,
                """
                select coalesce(jsonb_agg(\(name) order by \(place)), '[]') from \(models)
                    and m.model_id = any(\(ids)::uuid[])
                """
            )
        }
        for (purpose, id) in choice.purposes {
            // One that was deleted has its name still.
            note(
                purpose.rawValue,
                """
                select concat_ws(' ', coalesce(m.display_name, d.model_name), d.model_id) from default_models d
                left join models m on m.model_id = d.model_id
                where d.org_id = \(organisation) and d.purpose = \(purpose.rawValue)
                """,
                "select \(name) from \(models) and m.model_id = \(id)::uuid"
            )
        }
        return """
            stood as (
                select jsonb_build_object(\(before.joined(by: ", "))) as before,
                    jsonb_build_object(\(after.joined(by: ", "))) as after
            )
            """
    }
}
