package import Engine
package import Foundation
import Postgres

extension Store: ConversationVariables {
    package func variables(
        in conversation: UUID,
        by principal: Principal
    ) async throws -> [RunContext.Variable]? {
        let answers = try await batch(
            [
                "select from conversations c where \(Self.isOwn(conversation, principal))",
                """
                select v.name, v.value::text as value from conversation_variables v join conversations c using (conversation_id)
                where \(Self.isOwn(conversation, principal)) order by v.name
                """,
            ],
            by: principal
        )
        guard !answers[0].isEmpty else { return nil }
        return try answers[1].map { RunContext.Variable(name: try $0.get("name"), value: try $0.get("value")) }
    }

    package func setVariable(
        _ name: String,
        to value: JSONValue,
        in conversation: UUID,
        by principal: Principal
    ) async throws -> Bool {
        try VariableLimit.check(name, value)
        let row = try await query(
            """
            with c as (
                select c.* from conversations c where \(Self.isOwn(conversation, principal)) for no key update
            ), room as (
                select from c where exists (
                    select from conversation_variables v where v.conversation_id = c.conversation_id and v.name = \(name)
                ) or (
                    select count(*) from conversation_variables v where v.conversation_id = c.conversation_id
                ) < \(VariableLimit.count)
            ), written as (
                insert into conversation_variables (conversation_id, name, org_id, user_id, value)
                select conversation_id, \(name), org_id, user_id, \(value.text)::json from c where exists (select from room)
                on conflict (conversation_id, name) do update set value = excluded.value, updated_at = now()
                returning name
            )
            select exists (select from c) as is_there, exists (select from written) as is_written
            """,
            changing: .variable(name, conversation: conversation),
            by: principal
        ).first
        guard try row?.get("is_there") ?? false else { return false }
        guard try row?.get("is_written") ?? false else {
            throw VariableLimit("A conversation keeps at most \(VariableLimit.count) variables. Remove one first.")
        }
        return true
    }

    package func removeVariable(
        _ name: String,
        in conversation: UUID,
        by principal: Principal
    ) async throws -> Bool {
        try await query(
            """
            delete from conversation_variables v using conversations c
            where c.conversation_id = v.conversation_id and \(Self.isOwn(conversation, principal)) and v.name = \(name)
            """,
            changing: .variable(name, conversation: conversation),
            by: principal
        ).affected == 1
    }
}
