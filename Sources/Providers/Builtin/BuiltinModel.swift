import Engine

/// A scripted model inside this process. IT IS NOT AN AI: it knows fixed texts and the commands of `BuiltinCommand`,
/// and every answer says so. It is there so that everything can be tried, shown and tested without a provider.
struct BuiltinModel: Model {
    let name: String

    /// `demo` writes at the pace of a person's reading, `demo-fast` as fast as it is read.
    static let names = ["demo", "demo-fast"]

    /// About 50 pieces a second.
    private var pace: Duration { name == "demo" ? .milliseconds(20) : .zero }

    func answer(
        _ request: ModelRequest,
        receive: @Sendable (ModelPiece) async throws -> Void
    ) async throws {
        guard Self.names.contains(name) else {
            throw ModelError(
                .notFound,
                "The built-in provider has no model of this name. Choose \(Self.names.joined(separator: " or "))."
            )
        }
        var output = 0
        for step in BuiltinScript(request).steps {
            try Task.checkCancellation()
            switch step {
            case .words(let text, let ownPace):
                for word in text.pieces {
                    try await rest(ownPace ?? pace)
                    try await receive(.text(word))
                }
                output += text.estimatedTokens
            case .reasoning(let text):
                for word in text.pieces {
                    try await rest(pace)
                    try await receive(.reasoning(word))
                }
                output += text.estimatedTokens
            case .tool(let call):
                try await receive(.toolCall(call))
                output += call.arguments.estimatedTokens
            case .silence(let duration):
                try await Task.sleep(for: duration)
            case .failure(let error):
                throw error
            case .finish(let reason):
                // An estimate: there is no tokenizer here.
                try await receive(.usage(TokenUsage(input: request.estimatedTokens, output: output)))
                try await receive(.finish(reason))
            }
        }
    }

    private func rest(_ pace: Duration) async throws {
        if pace > .zero { try await Task.sleep(for: pace) } else { try Task.checkCancellation() }
    }
}

extension String {
    /// Words with the blanks behind them; Chinese, which has no blanks, two characters at a time. Joined, the text.
    fileprivate var pieces: [String] {
        var pieces: [String] = []
        var piece = ""
        for character in self {
            piece.append(character)
            let isPieceEnd = character.isWhitespace || (character.isHan && piece.count >= 2)
            if isPieceEnd {
                pieces.append(piece)
                piece = ""
            }
        }
        return piece.isEmpty ? pieces : pieces + [piece]
    }

    /// A character of Chinese is about a token, anything else about a quarter of one for each byte.
    fileprivate var estimatedTokens: Int {
        let han = count { $0.isHan }
        return han + (utf8.count - 3 * han + 3) / 4
    }
}

extension ModelRequest {
    fileprivate var estimatedTokens: Int {
        messages.reduce(instruction.estimatedTokens) { sum, message in
            switch message {
            case .system(let text), .user(let text, _), .assistant(let text, _), .toolResult(_, _, let text, _):
                sum + text.estimatedTokens
            }
        }
    }
}
