/// A language model, seen by the engine: a vendor's behind `Providers`, or a scripted one.
package protocol Model: Sendable {
    /// Asks for an answer and hands over its pieces in order; returns after the last one.
    ///
    /// `receive` is awaited piece by piece, so a slow receiver slows the upstream down. Cancelling the task closes the
    /// upstream connection. Throws `ModelError`, or `CancellationError` when the task was cancelled.
    func answer(
        _ request: ModelRequest,
        receive: @Sendable (ModelPiece) async throws -> Void
    ) async throws
}

/// What the model is asked.
package struct ModelRequest: Sendable, Equatable {
    /// The instruction that stands before the conversation.
    package var instruction: String
    package var messages: [ModelMessage]
    package var tools: [ToolDescription]
    /// 0…2; nil leaves it to the provider.
    package var temperature: Double?
    /// The most tokens of the answer; nil leaves it to the provider.
    package var maximumTokens: Int?
    /// What agents do not ask for, and programs do.
    package var options = ModelOptions()

    package init(
        instruction: String,
        messages: [ModelMessage],
        tools: [ToolDescription] = [],
        temperature: Double? = nil,
        maximumTokens: Int? = nil
    ) {
        self.instruction = instruction
        self.messages = messages
        self.tools = tools
        self.temperature = temperature
        self.maximumTokens = maximumTokens
    }
}

/// One message of the conversation as a model sees it.
package enum ModelMessage: Sendable, Equatable {
    /// Words of whoever made the conversation, in the middle of it.
    case system(String)
    /// Pictures stand before the words.
    case user(String, pictures: [ModelPicture] = [])
    case assistant(text: String, toolCalls: [ToolCall])
    case toolResult(callID: String, toolName: String, content: String, isError: Bool)
}

/// A tool as a model is told of it. `schema` is a JSON Schema object as text.
package struct ToolDescription: Sendable, Equatable {
    package var name: String
    package var description: String
    package var schema: String
    /// Whether the provider makes sure that calls fit the schema; nil leaves it to the provider.
    package var isStrict: Bool?

    package init(name: String, description: String, schema: String, isStrict: Bool? = nil) {
        self.name = name
        self.description = description
        self.schema = schema
        self.isStrict = isStrict
    }
}

/// A tool call as the model wrote it. `arguments` is the model's text and may not be JSON.
package struct ToolCall: Sendable, Equatable {
    package var id: String
    package var name: String
    package var arguments: String

    package init(id: String, name: String, arguments: String) {
        self.id = id
        self.name = name
        self.arguments = arguments
    }
}

/// A piece of an answer.
package enum ModelPiece: Sendable, Equatable {
    /// More text of the answer, never empty.
    case text(String)
    /// More of the words in which the model declines, where its vendor tells them apart from an answer.
    case refusal(String)
    /// More of the reasoning that some models show.
    case reasoning(String)
    /// One whole tool call, sent when its arguments are complete.
    case toolCall(ToolCall)
    /// What the call cost, in tokens; the last one counts.
    case usage(TokenUsage)
    /// Why the model stopped; once, before the end.
    case finish(FinishReason)
}

/// Tokens of one model call. `cached` are those of `input` that the provider had cached; `reasoning`, those that it says were
/// thought: they are told on, and neither paid apart nor kept.
///
/// The numbers are the upstream's word: whatever it says, they can be added up and stored.
package struct TokenUsage: Sendable, Equatable {
    /// More than this no call has.
    package static let most = 1_000_000_000

    package let input: Int
    package let output: Int
    package let cached: Int
    package let reasoning: Int

    package init(input: Int, output: Int, cached: Int = 0, reasoning: Int = 0) {
        self.input = min(max(0, input), Self.most)
        self.output = min(max(0, output), Self.most)
        self.cached = min(max(0, cached), self.input)
        self.reasoning = min(max(0, reasoning), Self.most)
    }
}

/// Why a model stopped writing; the names are OpenAI's, which `model_metadata.finish_reason` shows.
package enum FinishReason: String, Sendable {
    case stop, length
    case toolCalls = "tool_calls"
    case contentFilter = "content_filter"
    case other
}

/// A model call that failed, in words that a person can act on.
package struct ModelError: Error, Sendable, Equatable {
    package enum Code: String, Sendable, CaseIterable {
        case unreachable = "MODEL_UNREACHABLE"
        case unauthorized = "MODEL_UNAUTHORIZED"
        case notFound = "MODEL_NOT_FOUND"
        case rateLimited = "MODEL_RATE_LIMITED"
        case rejected = "MODEL_REJECTED_REQUEST"
        /// The provider has no word for what is asked, so it was not asked.
        case unsupported = "UNSUPPORTED_PARAMETER"
        case unavailable = "MODEL_UNAVAILABLE"
        case timeout = "MODEL_TIMEOUT"
        /// What came was not what the protocol promises.
        case malformed = "MODEL_MALFORMED_ANSWER"
        /// The stream ended before it said that it was done.
        case interrupted = "MODEL_INTERRUPTED"
        case notConfigured = "MODEL_NOT_CONFIGURED"
        /// The conversation has more than the model can read at once, and nothing can be left out any more.
        case contextTooLong = "CONTEXT_TOO_LONG"
    }

    package var code: Code
    /// One sentence of what happened and what to do; never holds a key or the conversation.
    package var message: String
    /// Seconds that the provider asked to wait.
    package var retryAfter: Int?
    /// The provider's HTTP status, when there was one.
    package var status: Int?
    /// We gave up, and the provider does not know why: it goes on, and charges what it makes.
    package var isOurs = false
    /// What of the request is not supported.
    package var parameter: String?

    package init(_ code: Code, _ message: String, retryAfter: Int? = nil, status: Int? = nil) {
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
        self.status = status
    }

    /// A call that has no more time, whatever the provider does.
    static var outOfTime: ModelError {
        var error = ModelError(.timeout, "It took too long.")
        error.isOurs = true
        return error
    }

    package static func unsupported(_ parameter: String, _ message: String) -> ModelError {
        var error = ModelError(.unsupported, message)
        error.parameter = parameter
        return error
    }

    /// Whether the request itself is wrong, rather than the key, the account, the model's name or the address: it is whoever
    /// asks who can mend it.
    var isCallersMistake: Bool {
        switch code {
        case .unsupported, .contextTooLong: true
        // In a stream nobody says a status.
        case .rejected: [nil, 400, 413, 422].contains(status)
        default: false
        }
    }

    /// Whether another provider, or the same one later, may do better with the same request.
    package var isTransient: Bool {
        switch code {
        case .unreachable, .rateLimited, .unavailable, .timeout, .malformed, .interrupted: true
        case .unauthorized, .notFound, .rejected, .unsupported, .notConfigured, .contextTooLong: false
        }
    }
}
