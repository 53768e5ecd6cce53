import Engine

/// What other programs can do here.
enum MCPOfferedTool: String, CaseIterable, Sendable {
    case listAgents = "list_agents"
    case askAgent = "ask_agent"
    case listConversations = "list_conversations"
    case getConversation = "get_conversation"
    case search

    /// As `tools/list` tells it.
    var description: JSONValue {
        .object([
            "name": .string(rawValue), "title": .string(title), "description": .string(meaning),
            "inputSchema": (try? JSONValue(parsing: input)) ?? .object([:]),
            "annotations": .object([
                "readOnlyHint": .bool(self != .askAgent), "openWorldHint": .bool(self == .askAgent),
            ]),
        ])
    }

    var schema: JSONSchema? { try? JSONSchema(JSONValue(parsing: input)) }

    private var title: String {
        switch self {
        case .listAgents: "List agents"
        case .askAgent: "Ask an agent"
        case .listConversations: "List conversations"
        case .getConversation: "Read a conversation"
        case .search: "Search conversations"
        }
    }

    private var meaning: String {
        switch self {
        case .listAgents: "Lists the agents that can be asked: name, display name, what each is for."
        case .askAgent:
            """
            Asks an agent and waits for its answer, in a new conversation or as the next message of one. What the agent may \
            not do without a person's word waits for it in ALMA: the call says so at once, and get_conversation has \
            the answer when the person has moved it. Cancelling the call stops the agent.
            """
        case .listConversations: "Lists conversations, those used last first: id, title, time, number of messages."
        case .getConversation: "Reads what was said in a conversation, the newest messages last."
        case .search: "Finds messages of all conversations that hold a text, the newest first."
        }
    }

    private var input: String {
        switch self {
        case .listAgents: #"{"type":"object","additionalProperties":false}"#
        case .askAgent:
            """
            {"type":"object","required":["message"],"additionalProperties":false,"properties":{
            "message":{"type":"string","minLength":1,"maxLength":100000},
            "agent":{"type":"string","maxLength":100,"description":"a name of list_agents; the assistant when left out"},
            "conversation_id":{"type":"string","maxLength":36,"description":"goes on in this one"}}}
            """
        case .listConversations:
            """
            {"type":"object","additionalProperties":false,"properties":{
            "text":{"type":"string","maxLength":200,"description":"in title, summary or tags"},
            "page":{"type":"integer","minimum":1,"maximum":100000},
            "limit":{"type":"integer","minimum":1,"maximum":100,"description":"20 when left out"}}}
            """
        case .getConversation:
            """
            {"type":"object","required":["conversation_id"],"additionalProperties":false,"properties":{
            "conversation_id":{"type":"string","maxLength":36},
            "limit":{"type":"integer","minimum":1,"maximum":100,"description":"messages, 50 when left out"}}}
            """
        case .search:
            """
            {"type":"object","required":["text"],"additionalProperties":false,"properties":{
            "text":{"type":"string","minLength":1,"maxLength":500},
            "limit":{"type":"integer","minimum":1,"maximum":50,"description":"20 when left out"}}}
            """
        }
    }
}

extension JSONValue {
    /// The result of a call: as text for models, as it is for programs.
    static func success(_ text: String, _ structured: JSONValue) -> JSONValue {
        .object([
            "content": .array([.object(["type": .string("text"), "text": .string(text)])]),
            "structuredContent": structured, "isError": .bool(false),
        ])
    }

    static func failure(_ text: String, _ structured: JSONValue? = nil) -> JSONValue {
        var result: [String: JSONValue] = [
            "content": .array([.object(["type": .string("text"), "text": .string(text)])]), "isError": .bool(true),
        ]
        result["structuredContent"] = structured
        return .object(result)
    }
}
