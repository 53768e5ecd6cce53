import Engine

// What is said on a socket: the client's messages as they are decoded, the server's as they are written.

extension Schema {
    /// What a client says.
    static let socketMessage = either(
        said("user_message", "SocketUserMessage", SchemaRecorder.schema(of: NewMessage.self)),
        said("ping", "SocketPing", nil),
        said("cancel", "SocketCancel", SchemaRecorder.schema(of: SocketMessage.OfRun.self), isNeeded: false),
        said("pause", "SocketPause", SchemaRecorder.schema(of: SocketMessage.OfRun.self), isNeeded: false),
        said("resume", "SocketResume", SchemaRecorder.schema(of: SocketMessage.OfRun.self), isNeeded: false),
        said(
            "approval_response",
            "SocketApprovalResponse",
            SchemaRecorder.schema(of: SocketMessage.ApprovalResponse.self)
        ),
        said("dispatch_pending", "SocketDispatch", SchemaRecorder.schema(of: SocketMessage.OfPending.self)),
        said("discard_pending", "SocketDiscard", SchemaRecorder.schema(of: SocketMessage.OfPending.self))
    ).with { $0.name = "SocketMessage" }

    /// What the server says: the records of the log, and what is for this client alone.
    static let socketRecord = either(
        connectionStatus,
        runRecord,
        object("SocketPong", [.choice("type", "pong"), .date("timestamp")]),
        record("message_received", "SocketReceiptRecord", receipt),
        record("error", "SocketErrorRecord", refusal)
    ).with { $0.name = "SocketRecord" }

    private static func said(_ type: String, _ name: String, _ data: Schema?, isNeeded: Bool = true) -> Schema {
        var fields: [Field] = [.choice("type", type)]
        if let data { fields.append(isNeeded ? .field("data", data) : .field("data", data.orNull).orMissing) }
        return object(name, fields + [.date("timestamp").orMissing])
    }

    /// Of a message that came before, or that waits.
    private static let receipt: [Field] = [
        .uuid("message_id", "Null of what waits: it is no message of the conversation yet.").orNull,
        .uuid("agent_id").orMissing, .uuid("run_id").orMissing, .uuid("answer_message_id").orMissing,
        .uuid("user_message_id").orMissing, .uuid("pending_id").orMissing,
        .text("temp_message_id", "The client's own name for it.").orNull, .text("status"), .text("mode").orMissing,
        .flag("duplicate"),
    ]

    /// Of a message that could not be done.
    private static let refusal: [Field] = [
        .field("error_code", .errorCode), .text("error_message"), .integer("retry_after", "Seconds.").orNull,
        .uuid("message_id", "The answer that it was about.").orNull,
        .text("temp_message_id", "The client's own name for the message.").orNull,
        .list("details", of: .object([.text("field"), .text("message")])),
    ]
}
