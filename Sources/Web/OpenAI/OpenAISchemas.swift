import Engine
import Foundation

// What goes in and out of OpenAI's API, for the reference. What is sent beyond this is ignored, or refused by its name.

extension Schema {
    static let openAIModel = object(
        "OpenAIModel",
        [
            .text("id", "By which it is called."), .choice("object", "model"), .integer("created"), .text("owned_by"),
            .choice("kind", "model", "embedding", "agent"),
        ]
    )

    static let openAIModels = object([.choice("object", "list"), .list("data", of: openAIModel)])

    static let chatRequest = object(
        "ChatRequest",
        [
            .field(
                "model",
                .text(1...1000).about("A model's or an agent's name or id; `agent:name` where both have it.")
            ),
            .field("messages", Schema(kind: .list(chatMessage, count: 1...100_000))),
            .may("stream", .boolean),
            .may("stream_options", .object([.may("include_usage", .boolean)]).about("Only with `stream`.")),
            .may("tools", .list(chatTool)),
            .may("tool_choice", .anything.about("`auto`, `none`, `required`, or one of `tools`.")),
            .may("parallel_tool_calls", .boolean),
            .may("response_format", .map.about("Of type `text`, `json_object` or `json_schema`.")),
            .may("stop", .either(.text, Schema(kind: .list(.text, count: 0...4)))),
            .may("temperature", .number(0...2)), .may("top_p", .number(0...1)),
            .may("presence_penalty", .number(-2...2)), .may("frequency_penalty", .number(-2...2)),
            .may("max_completion_tokens", .integer(1...100_000_000)),
            .may("max_tokens", .integer(1...100_000_000).about("The older name.")), .may("seed", .integer),
            .may("reasoning_effort", .text), .may("verbosity", .text),
            .may("logit_bias", .map(.number(-100...100)).about("By the numbers of tokens.")),
            .may("n", .integer(1...1)),
        ]
    ).example(#"{"model":"assistant","messages":[{"role":"user","content":"What grows in the shade?"}]}"#)

    private static let chatMessage = object(
        "ChatMessage",
        [
            .choice("role", "system", "developer", "user", "assistant", "tool"),
            .may(
                "content",
                .either(.text, .list(.map)).about(
                    "Text, or parts of type `text` or `image_url`. An assistant's may be null."
                )
            ),
            // Looked at in messages of those alone whose they are.
            .may("tool_calls", .anything.about("Of an assistant: calls as it made them.")),
            .may("tool_call_id", .anything.about("Of a tool: the id of the call that it answers.")),
        ]
    )

    private static let chatTool = object([
        .choice("type", "function"),
        .field(
            "function",
            .object([
                .field("name", .text(1...64)), .may("description", .text), .may("parameters", .map),
                .may("strict", .boolean),
            ])
        ),
    ])

    private static let chatCall = object(
        "ChatToolCall",
        [
            .text("id"), .choice("type", "function"),
            .field("function", .object([.text("name"), .text("arguments", "JSON.")])),
        ]
    )

    static let chatCompletion = object(
        "ChatCompletion",
        [
            .text("id"), .choice("object", "chat.completion"), .integer("created"), .text("model"),
            .text("system_fingerprint").orNull,
            .list(
                "choices",
                of: .object([
                    .integer("index"),
                    .field(
                        "message",
                        .object([
                            .choice("role", "assistant"), .text("content").orNull, .text("refusal").orNull,
                            .text("reasoning_content").orMissing,
                            .list("tool_calls", of: chatCall).orMissing,
                        ])
                    ),
                    .field("logprobs", .anything), .text("finish_reason"),
                ])
            ),
            .field(
                "usage",
                .object([
                    .integer("prompt_tokens"), .integer("completion_tokens"), .integer("total_tokens"),
                    .field("prompt_tokens_details", .map), .field("completion_tokens_details", .map),
                ])
            ),
        ]
    )

    /// Each of a stream.
    static let chatEvent = object([
        .field(
            "data",
            .text.about("A `chat.completion.chunk` or an error as JSON, or `[DONE]`.").example(
                JSONValue.string(
                    #"{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1795255200,"model":"large","#
                        + #""choices":[{"index":0,"delta":{"content":"Hostas"},"logprobs":null,"finish_reason":null}]}"#
                ).text
            )
        )
    ])

    static let embeddingRequest = object(
        "EmbeddingRequest",
        [
            .field("model", .text(1...1000)),
            .field(
                "input",
                .either(
                    .text(1...1_000_000),
                    Schema(kind: .list(.text(1...1_000_000), count: 1...2048)),
                    Schema(kind: .list(.integer(0...2_147_483_647), count: 1...100_000)),
                    Schema(
                        kind: .list(
                            Schema(kind: .list(.integer(0...2_147_483_647), count: 1...100_000)),
                            count: 1...2048
                        )
                    )
                )
            ),
            .may("dimensions", .integer(1...100_000)), .may("encoding_format", .choice("float", "base64")),
        ]
    ).example(#"{"model":"text-embedding-3-small","input":"What grows in the shade?"}"#)

    static let embeddings = object([
        .choice("object", "list"),
        .list(
            "data",
            of: .object([
                .choice("object", "embedding"), .integer("index"),
                .field("embedding", .either(.list(.number), .text.about("As base64."))),
            ])
        ),
        .text("model"), .field("usage", .object([.integer("prompt_tokens"), .integer("total_tokens")])),
    ])

    static let openAIFailure = object(
        "OpenAIFailure",
        [
            .field(
                "error",
                .object([.text("message", "For people."), .text("type"), .text("param").orNull, .text("code").orNull])
            )
        ]
    )
}

extension Schema.Field {
    /// One that may be left out, or null.
    fileprivate static func may(_ name: String, _ schema: Schema) -> Self { .field(name, schema.orNull).orMissing }
}
