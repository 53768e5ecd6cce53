import Engine

extension Listing {
    static let agents = Listing(
        nothing: "There are no agents.",
        columns: [
            .word("NAME", "name"), .text("CALLED", "display_name"), .id("ID", "agent_id"), .word("TYPE", "agent_type"),
            .word("STATUS", "status"), .number("USES", "usage_count"), .list("TEAM", "team"),
            .text("DESCRIPTION", "description"),
        ]
    )

    static let agent = Listing(
        nothing: "",
        columns: [
            .word("Name", "name"), .text("Called", "display_name"), .text("Description", "description"),
            .word("Type", "agent_type"), .word("Status", "status"), .list("Team", "team"),
            .list("Capabilities", "capabilities"), .word("Model", "model_id"), .number("Uses", "usage_count"),
            .time("Changed", "updated_at"), .word("ID", "agent_id"),
        ]
    )

    static let agentVersions = Listing(
        nothing: "It has no versions yet.",
        columns: [
            .number("VERSION", "version"), .time("GIVEN", "created_at"), .text("BY", "user_name"),
            .list("CHANGED", "changes"), .number("AGAIN", "restored_version"),
        ]
    )

    static let models = Listing(
        nothing: "There are no models. Add a provider on the page Providers.",
        columns: [
            .text("NAME", "name"), .text("CALLED", "display_name"), .word("TYPE", "model_type"),
            .number("CONTEXT", "context_window"), .flag("VISION", "supports_vision"), .flag("ACTIVE", "is_active"),
            .flag("DEFAULT", "is_default"), .number("FALLBACK", "fallback_rank"), .id("ID", "model_id"),
        ]
    )

    static let conversations = Listing(
        nothing: "There are no conversations.",
        columns: [
            .id("ID", "conversation_id"), .text("TITLE", "title"), .number("MESSAGES", "message_count"),
            .list("TAGS", "tags"), .time("LAST", "last_message_at"), .flag("PINNED", "is_pinned"),
        ]
    )

    static let hits = Listing(
        nothing: "Nothing like it was said.",
        columns: [
            .id("CONVERSATION", "conversation_id"), .text("TITLE", "conversation_title"), .word("WHO", "role"),
            .time("WHEN", "timestamp"), .text("WORDS", "excerpt"),
        ]
    )

    static let runs = Listing(
        nothing: "There are no runs.",
        columns: [
            .id("ID", "run_id"), .word("STATE", "state"), .text("AGENT", "agent_name"), .time("BEGUN", "created_at"),
            .time("ENDED", "finished_at"), .number("CALLS", "calls"), .costs("COST", "costs"),
            .id("CONVERSATION", "conversation_id"), .text("ERROR", "error_code"),
        ]
    )

    static let run = Listing(
        nothing: "",
        columns: [
            .word("Run", "run_id"), .word("State", "state"), .number("Attempt", "attempt"),
            .text("Error", "error_code"),
            .time("Begun", "created_at"), .time("Ended", "finished_at"), .costs("Cost", "costs"),
            .word("Conversation", "conversation_id"), .word("Agent", "agent_id"),
        ]
    )

    static let usage = Listing(
        nothing: "Nothing was used.",
        columns: [
            .text("NAME") { $0["name"]?.string ?? $0["key"]?.string ?? "" }, .number("CALLS", "calls"),
            .number("FAILED", "failed_calls"), .number("RUNS", "runs"), .number("IN", "prompt_tokens"),
            .number("CACHED", "cached_tokens"), .number("OUT", "completion_tokens"), .number("COST", "cost"),
            .word("CURRENCY", "currency"),
        ]
    )

    static let keys = Listing(
        nothing: "There are no keys.",
        columns: [
            .text("NAME", "name"), .word("ENDS IN", "hint"), .list("SCOPES", "scopes"), .time("MADE", "created_at"),
            .time("USED", "last_used_at"), .time("EXPIRES", "expires_at"), .id("ID", "key_id"),
        ]
    )

    static let approvals = Listing(
        nothing: "Nothing waits for you.",
        columns: [
            .word("CALL", "call_id"), .word("KIND", "kind"), .word("TOOL", "tool_name"), .time("SINCE", "created_at"),
            .time("UNTIL", "expires_at"), .text("WHAT") { AskedCall($0)?.summary ?? "" },
        ]
    )

    static let person = Listing(
        nothing: "",
        columns: [
            .text("E-mail", "email"), .text("Name", "nickname"), .word("Role", "role"), .word("Status", "status"),
            .word("ID", "user_id"),
        ]
    )
}
