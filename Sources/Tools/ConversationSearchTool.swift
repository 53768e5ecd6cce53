package import Engine
import Foundation

/// Looks up what the person and their agents said before.
package struct ConversationSearchTool: Tool {
    package let specification = ToolSpecification(
        name: "search_conversations",
        description: """
            Finds messages in the person's own earlier conversations that contain a text, newest first. Use it when they \
            refer to something said before that is not in this conversation. One or two telling words find more than a \
            sentence.
            """,
        schema: """
            {"type":"object","properties":{"text":{"type":"string","minLength":2,"maxLength":200},\
            "limit":{"type":"integer","minimum":1,"maximum":20,"description":"10 when left out"}},\
            "required":["text"],"additionalProperties":false}
            """,
        level: .readOnly,
        effect: .idempotent
    )

    private let search: any ConversationSearch

    package init(search: any ConversationSearch) { self.search = search }

    package func perform(_ input: JSONValue, in context: ToolContext) async throws -> String {
        let text = input["text"]?.string ?? ""
        let found = try await search.search(
            text,
            notIn: context.run.conversationID,
            limit: input["limit"]?.int ?? 10,
            by: context.principal
        )
        guard !found.isEmpty else { return "Nothing was found for \"\(text)\"." }
        let items = found.map { match in
            JSONValue.object([
                "conversation": .string(match.conversationTitle),
                "conversation_id": .string(match.conversationID.uuidString.lowercased()),
                "by": .string(match.role == "user" ? "the person" : "an agent"),
                "time": .string(match.timestamp.formatted(.iso8601)),
                "excerpt": .string(match.excerpt),
            ])
        }
        return JSONValue.array(items).text
    }
}
