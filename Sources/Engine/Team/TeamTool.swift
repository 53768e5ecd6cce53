/// What an agent with colleagues can do besides its own tools. The engine does these itself: a run that waits for others
/// rests, and no code of a tool waits with it.
enum TeamTool: String, CaseIterable, Tool {
    case plan, delegate
    case handOff = "hand_off"

    /// All of them with their schemas read.
    static let catalogue = try? ToolCatalogue(allCases)

    var specification: ToolSpecification {
        switch self {
        case .plan:
            ToolSpecification(
                name: rawValue,
                description: """
                    Lets colleagues work on several tasks. Tasks that do not depend on each other are done at the same \
                    time. Returns the result of each. Use it when the work has parts for different colleagues, or parts \
                    that build on each other. When a task fails you may plan again with what is still needed: \
                    depends_on may name tasks that are done already.
                    """,
                schema: """
                    {"type":"object","required":["tasks"],"additionalProperties":false,"properties":{"tasks":{"type":"array",
                    "minItems":1,"maxItems":\(RunLimits.tasksPerPlan),"items":{"type":"object","additionalProperties":false,
                    "required":["id","title","agent","goal"],"properties":{
                    "id":{"type":"string","minLength":1,"maxLength":40,"description":"short and unique"},
                    \(Self.task),
                    "depends_on":{"type":"array","maxItems":20,"items":{"type":"string"},
                    "description":"ids of tasks whose results this one needs"}}}}}}
                    """,
                level: .safeExecute,
                effect: .idempotent
            )
        case .delegate:
            ToolSpecification(
                name: rawValue,
                description: """
                    Asks one colleague to do one task and returns the result. Call it several times in one answer for \
                    tasks that can be done at the same time.
                    """,
                schema: """
                    {"type":"object","required":["title","agent","goal"],"additionalProperties":false,
                    "properties":{\(Self.task)}}
                    """,
                level: .safeExecute,
                effect: .idempotent
            )
        case .handOff:
            ToolSpecification(
                name: rawValue,
                description: """
                    Passes the whole conversation to a colleague who answers the person from here on. Use it when the \
                    request is theirs alone, not yours. Call it alone.
                    """,
                schema: """
                    {"type":"object","required":["agent"],"additionalProperties":false,"properties":{
                    "agent":{"type":"string","description":"the colleague's name"},
                    "note":{"type":"string","maxLength":4000,"description":"what the colleague should know"}}}
                    """,
                level: .safeExecute,
                effect: .idempotent
            )
        }
    }

    private static let task = """
        "title":{"type":"string","minLength":1,"maxLength":200,"description":"a few words, for people to read"},
        "agent":{"type":"string","description":"the colleague's name"},
        "goal":{"type":"string","minLength":1,"maxLength":20000,
        "description":"what is to be done and what the result must be; the colleague sees nothing but this task"},
        "inputs":{"description":"whatever data the task needs"},
        "constraints":{"type":"array","maxItems":20,"items":{"type":"string"}}
        """

    func perform(_ input: JSONValue, in context: ToolContext) async throws -> String {
        throw ToolFailure("\(rawValue) is done by the run itself.")
    }
}
