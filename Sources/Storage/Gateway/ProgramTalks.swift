package import Engine
package import Foundation
import Postgres

/// A conversation that a program brings along, up to what an agent is to answer now.
package struct ProgramTalk: Sendable, Equatable {
    package struct Line: Sendable, Equatable {
        package var isAgents: Bool
        package var text: String

        package init(isAgents: Bool, text: String) {
            self.isAgents = isAgents
            self.text = text
        }
    }

    /// At most 200 of them are told to an agent.
    package var history: [Line]

    package init(history: [Line]) { self.history = history }
}

extension Store {
    /// What marks conversations that programs have made.
    package static let programTag = "api"

    /// Keeps such a conversation in the archive, where it is in nobody's way; `question` is what is asked next, after which it is
    /// called: no model is paid for a title that nobody waits for.
    package func keep(_ talk: ProgramTalk, question: String, by principal: Principal) async throws -> UUID {
        let time = Date()
        let id = UUID.v7(at: time)
        // Keys order a conversation; all of these are older than its first turn.
        let lines = talk.history.filter { !$0.text.isEmpty }
        let messages = lines.indices.map { UUID.v7(at: time.addingTimeInterval(Double($0 - lines.count - 1) / 1000)) }
        let parents: [UUID?] = messages.isEmpty ? [] : [nil] + messages.dropLast()
        let roles = lines.map { $0.isAgents ? "assistant" : "user" }
        let owner: Query = "\(principal.organisationID)::uuid, \(principal.userID)::uuid"
        try await batch(
            [
                """
                insert into conversations (
                    conversation_id, org_id, user_id, title, is_titled, is_archived, tags, metadata, message_count,
                    leaf_message_id
                )
                values (
                    \(id), \(owner), \(TurnInput(conversationID: id, content: question).title), true, true,
                    \([Self.programTag].json), '{"origin":"openai"}', \(messages.count)::integer, \(messages.last)
                )
                """,
                """
                insert into messages (conversation_id, message_id, org_id, user_id, role, content, parent_message_id)
                select \(id)::uuid, l.message_id, \(owner), l.role, l.content, l.parent_message_id
                from unnest(
                    \(messages)::uuid[], \(roles)::text[], \(lines.map(\.text))::text[], \(parents)::uuid[]
                ) l (message_id, role, content, parent_message_id)
                """,
            ],
            by: principal
        )
        return id
    }
}
