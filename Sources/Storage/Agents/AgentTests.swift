package import Engine
package import Foundation
import Postgres

// Trying an agent out: one conversation for each agent, its maker's, which no list shows among the others.
extension Store {
    /// nil when there is none.
    package func testConversation(of agent: UUID, by principal: Principal) async throws -> Conversation? {
        try await query(
            """
            select \(Conversation.columns) from conversations c
            where c.test_agent_id = \(agent) and c.user_id = \(principal.userID) and c.org_id = \(principal.organisationID)
            """,
            by: principal
        ).first.map(Conversation.init)
    }

    /// The one that there is, or a new one of this title; nil when the principal has made no such agent.
    package func beginTest(of agent: UUID, title: String, by principal: Principal) async throws -> Conversation? {
        if let known = try await testConversation(of: agent, by: principal) { return known }
        do {
            return try await createConversation(title: title, testAgentID: agent, by: principal)
        } catch let error as StorageError where error.code == .conflict("test_agent_id") {
            // Begun in another window at the same moment.
            return try await testConversation(of: agent, by: principal)
        } catch let error as StorageError where error.code == .invalid("test_agent_id") {
            return nil
        }
    }
}
