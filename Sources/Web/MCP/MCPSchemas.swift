import Engine

// What goes in and out of `/mcp`: told in the reference, and what a message is held against when it comes.

extension Schema {
    /// From a program: a request or a notification, or an answer, although nothing is asked here.
    static let mcpMessage = either(mcpCall, mcpResult, mcpFailure).with { $0.name = "MCPMessage" }

    /// To it.
    static let mcpAnswer = either(mcpResult, mcpFailure).with { $0.name = "MCPAnswer" }

    /// To what is no message, or not even a request that can be read.
    static let mcpRefusal = either(mcpFailure, failure)

    static let mcpEvent = object([
        .choice("event", "message"),
        .field(
            "data",
            .text.about("A notification of progress or an answer, as JSON.").example(
                JSONValue.string(#"{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"Hostas."}]}}"#)
                    .text
            )
        ),
    ])

    private static let mcpCall = object([
        .choice("jsonrpc", "2.0"),
        .field("id", mcpID.about("Of the sender's making. Without one, or with null, it is a notification.")).orMissing,
        .text(
            "method",
            "`initialize`, `ping`, `tools/list` and `tools/call` are known; `notifications/cancelled` stops a call."
        ),
        .field("params", .map.orNull.about("As the protocol has them for the method.")).orMissing,
    ]).example(#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}"#)

    private static let mcpResult = object([
        .choice("jsonrpc", "2.0"), .field("id", mcpID),
        .field("result", .anything.about("As the protocol has it for the method that was asked for.")),
    ])

    private static let mcpFailure = object([
        .choice("jsonrpc", "2.0"),
        .field("id", mcpID.about("Missing, or null, where it cannot be told what failed.")).orMissing,
        .field(
            "error",
            .object([
                .field("code", .integer.example("-32601").about("As JSON-RPC has them.")),
                .text("message", "For people."),
            ])
        ),
    ])

    private static let mcpID = either(.text, .number).orNull.example("1")
}

extension MCPMessage {
    private static let described = try? JSONSchema(JSONValue(parsing: Schema.mcpMessage.definition.text))

    /// One message as the reference has it; nil of anything else, such as several at once.
    init?(asDescribed text: String) {
        guard let value = try? JSONValue(parsing: text), Self.described?.validate(value).isEmpty == true else {
            return nil
        }
        self.init(value)
    }
}
