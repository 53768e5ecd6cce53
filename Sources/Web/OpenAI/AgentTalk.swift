import Engine
import Storage

/// What a program asks an agent, as far as agents take it: the words. Agents have tools, instructions and parameters of their
/// own.
struct AgentTalk: Sendable {
    let talk: ProgramTalk
    /// What is to be answered.
    let question: String

    init(_ request: ModelRequest) throws(WebError) {
        guard request.tools.isEmpty else {
            throw .unsupported("tools", "An agent uses the tools that it has in ALMA. Ask a model to use your own.")
        }
        guard request.options.format == nil else {
            throw .unsupported("response_format", "An agent answers in words. Ask a model for JSON.")
        }
        guard request.options.stop.isEmpty else {
            throw .unsupported("stop", "An agent ends where it ends. Ask a model to stop at words of yours.")
        }
        var lines = try request.messages.enumerated().map { index, message throws(WebError) in
            try Self.line(message, at: index)
        }
        guard let last = lines.popLast(), !last.isAgents else {
            throw .refused("messages", "the last one must be the user's, which is what the agent answers")
        }
        if !request.instruction.isEmpty { lines.insert(Self.instruction(request.instruction), at: 0) }
        talk = ProgramTalk(history: lines)
        question = last.text
    }

    private static func line(_ message: ModelMessage, at index: Int) throws(WebError) -> ProgramTalk.Line {
        switch message {
        case .system(let text): return instruction(text)
        case .user(let text, let pictures):
            guard pictures.isEmpty else {
                throw .unsupported(
                    "messages[\(index)].content",
                    "Pictures are for models; an agent is sent words here."
                )
            }
            return ProgramTalk.Line(isAgents: false, text: text)
        case .assistant(let text, let calls):
            guard calls.isEmpty else {
                throw .unsupported(
                    "messages[\(index)].tool_calls",
                    "An agent's own calls stay in ALMA: leave them out."
                )
            }
            return ProgramTalk.Line(isAgents: true, text: text)
        case .toolResult:
            throw .unsupported("messages[\(index)].role", "An agent's own calls stay in ALMA: leave their results out.")
        }
    }

    /// The program speaks for its person, so it may say how to answer; the agent's instruction is still the agent's.
    private static func instruction(_ text: String) -> ProgramTalk.Line {
        ProgramTalk.Line(isAgents: false, text: "How to answer, from the program that asks:\n\n\(text)")
    }
}
