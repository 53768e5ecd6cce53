/// A model that turns texts into vectors, seen by the engine.
package protocol Embedder: Sendable {
    /// The vectors in the order of the inputs. Cancelling the task closes the upstream connection. Throws `ModelError`.
    func embed(_ request: EmbeddingRequest) async throws -> EmbeddingAnswer
}

/// What is to be turned into vectors.
package struct EmbeddingRequest: Sendable, Equatable {
    package enum Input: Sendable, Equatable {
        case text(String)
        /// Numbers of the model's own vocabulary.
        case tokens([Int])
    }

    package var inputs: [Input]
    /// The length of the vectors; nil leaves it to the model.
    package var dimensions: Int?

    package init(inputs: [Input], dimensions: Int? = nil) {
        self.inputs = inputs
        self.dimensions = dimensions
    }
}

package struct EmbeddingAnswer: Sendable, Equatable {
    package var vectors: [[Float]]
    package var tokens: TokenUsage

    package init(vectors: [[Float]], tokens: TokenUsage) {
        self.vectors = vectors
        self.tokens = tokens
    }
}

extension EmbeddingRequest {
    /// The same as a question, for what it may cost at most.
    var question: ModelRequest {
        let messages = inputs.map { input -> ModelMessage in
            switch input {
            case .text(let text): .user(text)
            case .tokens(let tokens): .user(String(repeating: "0", count: tokens.count))
            }
        }
        return ModelRequest(instruction: "", messages: messages, maximumTokens: 0)
    }
}
