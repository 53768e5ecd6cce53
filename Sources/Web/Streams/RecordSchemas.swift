import Engine

// The records of streams and sockets, as `EventData` writes them: what programs may rely on.

extension Schema {
    /// A record of a run's log.
    static let runRecord = either(
        runStatusRecord,
        log(.messageReceived, "MessageReceivedRecord", messageFields),
        log(.agentStart, "AgentStartRecord", startFields),
        log(.planUpdate, "PlanUpdateRecord", planFields),
        log(.contentStream, "ContentStreamRecord", contentFields),
        log(.toolCall, "ToolCallRecord", callFields + [toolInput]),
        log(.toolProgress, "ToolProgressRecord", callFields + [.text("output_delta")]),
        log(.toolResult, "ToolResultRecord", callFields + resultFields),
        approvalRequest,
        approvalResolved,
        log(.usage, "UsageRecord", usageFields),
        log(.messageComplete, "MessageCompleteRecord", [.text("final_content"), .field("metadata", .map)]),
        log(.error, "RunErrorRecord", errorFields)
    ).with {
        $0.name = "RunRecord"
        $0.example = Schema.log(.contentStream, "", [.text("content_delta"), .flag("is_complete")]).sample()
    }

    /// A record of what concerns a person.
    static let personRecord = either(
        connectionStatus,
        runStatusRecord,
        approvalRequest,
        approvalResolved,
        newTitle
    ).with { $0.name = "PersonRecord" }

    /// `{"type","data","timestamp"}`, and its places where it is said on a socket.
    static func record(_ type: String, _ name: String, _ data: [Field]) -> Schema {
        object(
            name,
            [
                .choice("type", type), .field("data", .object(data)), .date("timestamp"),
                .integer("seq", "On a socket: the place in the run's log.").orMissing,
                .text("id", "On a socket: the place in the conversation, by which to come back.").orMissing,
            ]
        )
    }

    /// How a stream or a socket begins.
    static let connectionStatus = record(
        "connection_status",
        "ConnectionStatusRecord",
        [
            .field("status", .choice("connected", "resumed")), .uuid("user_id").orNull,
            .uuid("conversation_id").orMissing, .text("session_id").orMissing, .flag("resumed").orMissing,
        ]
    )

    private static let newTitle = record(
        "conversation_title",
        "ConversationTitleRecord",
        [.uuid("conversation_id"), .text("title")]
    )
}

extension Schema {
    private static func log(_ kind: RunEvent.Kind, _ name: String, _ data: [Field]) -> Schema {
        record(
            kind.rawValue,
            name,
            [
                .uuid("message_id", "The answer's; in `message_received` that of what was said."), .uuid("agent_id"),
                .uuid("run_id"), .flag("copied", "Another run has done and paid for it.").orMissing,
            ] + data
        )
    }

    private static let callFields: [Field] = [.text("call_id"), .text("tool_name")]
    private static let toolInput = Field.field("tool_input", .either(.map, .text))

    private static let runStatusRecord = log(
        .runStatus,
        "RunStatusRecord",
        [
            .field("state", .choice(RunState.self)),
            .text("reason", "Such as a code of an error, or what is waited for.").orNull.orMissing,
            .integer("attempt", "How often a worker has taken it up."),
            .field("budget", budgetStanding).orMissing,
            .uuid("forked_from", "Of a run that goes on from a step of another.").orMissing,
            .integer("forked_step").orMissing, .field("changes", .anything).orMissing,
        ]
    )

    private static let budgetStanding = object([
        .uuid("budget_id"), .text("name").orNull, .field("scope", .choice(BudgetScope.self)),
        .field("period", .choice(BudgetPeriod.self)), .number("amount"), .number("spent"), .number("reserved"),
        .text("currency"),
    ])

    private static let messageFields: [Field] = [
        .uuid("answer_message_id", "Missing in logs of older versions.").orMissing, .uuid("user_message_id"),
        .text("temp_message_id").orNull, .text("status"),
        .flag("steers", "It came while the run was at work, which took it in here.").orMissing,
    ]

    private static let startFields: [Field] = [
        .text("agent_name"), .integer("attempt"), .uuid("parent_run_id").orMissing, .text("task").orMissing,
        .integer("steps_kept").orMissing,
    ]

    private static let planFields: [Field] = [
        .text("call_id"),
        .list(
            "tasks",
            of: object([
                .text("id"), .text("title"), .text("agent"), .list("depends_on"), .text("state"),
                .uuid("run_id").orNull,
            ])
        ),
    ]

    private static let contentFields: [Field] = [
        .text("content_delta").orMissing, .text("reasoning_delta").orMissing, .flag("is_complete"),
    ]

    private static let resultFields: [Field] = [
        .field("result", .either(.text, .map).orNull).about("An object where the tool's text is one."),
        .flag("success"), .text("error").orNull, .number("execution_time", "Seconds."),
        .flag("maybe_executed").orMissing, .flag("changed").orMissing, .flag("cached").orMissing,
        .integer("result_bytes", "Where `result` is an excerpt: how much there is.").orMissing,
    ]

    private static let approvalRequest = log(
        .approvalRequest,
        "ApprovalRequestRecord",
        callFields + [toolInput, .field("kind", .choice(CallRequest.Kind.self)), .date("expires_at").orNull]
    )

    private static let approvalResolved = log(
        .approvalResolved,
        "ApprovalResolvedRecord",
        callFields + [
            .field("kind", .choice(CallRequest.Kind.self)), .field("decision", .choice(CallAnswer.Decision.self)),
            .uuid("by", "Null when nobody answered in time.").orNull, .field("edited_input", .anything),
            .text("answer").orNull,
        ]
    )

    private static let usageFields: [Field] = [
        .integer("step").orMissing, .list("chosen_tools").orMissing, .text("model"),
        .field(
            "tokens",
            object([
                .integer("prompt_tokens"), .integer("completion_tokens"), .integer("total_tokens"),
                .integer("cached_tokens"),
            ])
        ), .number("cost").orNull, .text("currency").orNull, .number("response_time", "Seconds."),
    ]

    private static let errorFields: [Field] = [
        .field("error_code", .errorCode), .text("error_message"), .integer("retry_after", "Seconds.").orNull,
    ]
}
