import Engine
import Foundation
import Hummingbird
import Storage

/// `GET /v1/messages`: what was said, looked for by its words.
struct MessageSearchRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .get,
            "/v1/messages",
            .messages,
            "Searches in the messages of one's conversations",
            about:
                "The newest first. A message is found that holds all the words, whatever their case; words of languages without blanks are taken as they stand. Conversations in which agents are tried out are searched when they are named. Hits are counted up to a thousand.",
            query: [
                Self.search.field, Self.conversation.field, Self.role.field, Self.agent.field,
            ] + QueryField.page,
            replies: [.page(.messageHit)],
            errors: [.validation],
            use: list
        )
    }

    private enum Role: String, CaseIterable { case user, assistant }
    private static let search = QueryParameter<String>.text(
        "search",
        "The words, with blanks between them.",
        .text(1...200)
    )
    private static let conversation = QueryParameter<UUID>.identifier("conversation_id", "In this conversation.")
    private static let role = QueryParameter<Role>.choice("role", "What people said, or what agents answered.")
    private static let agent = QueryParameter<UUID>.identifier("agent_id", "What this agent answered.")

    func list(_ request: Request, context: WebContext) async throws -> Response {
        let principal = try context.signedIn().principal
        let page = try context.page(of: request)
        let text = try context.query(Self.search, of: request) ?? ""
        guard text.contains(where: { !$0.isWhitespace }), text.unicodeScalars.count <= 200 else {
            throw WebError.invalid("search", "Say what to look for, in 1 to 200 characters.")
        }
        let question = MessageQuestion(
            text: text,
            conversationID: try context.query(Self.conversation, of: request),
            role: try context.query(Self.role, of: request)?.rawValue,
            agentID: try context.query(Self.agent, of: request)
        )
        let found = try await services.store.searchMessages(question, page: page, by: principal)
        return Envelope.page(found.items.map(\.representation), page, total: found.total, context: context)
    }
}

extension MessageHit {
    fileprivate var representation: JSONObject {
        JSONObject {
            $0.set("message_id", messageID)
            $0.set("conversation_id", conversationID)
            $0.set("conversation_title", conversationTitle)
            $0.set("role", role)
            $0.set("agent_id", agentID)
            $0.set("timestamp", timestamp)
            $0.set("excerpt", excerpt)
            $0.set(
                "excerpt_parts",
                parts.map { part in
                    JSONObject {
                        $0.set("text", part.text)
                        $0.set("is_match", part.isMatch)
                    }
                }
            )
        }
    }
}

extension Schema {
    fileprivate static let messageHit = object(
        "MessageHit",
        [
            .uuid("message_id"), .uuid("conversation_id"), .text("conversation_title"), .text("role"),
            .uuid("agent_id").orNull, .date("timestamp"), .text("excerpt", "The words around the first place."),
            .list("excerpt_parts", of: .object(nil, [.text("text"), .flag("is_match")])),
        ]
    )
}
