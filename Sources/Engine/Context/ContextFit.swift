/// A request as it is sent, and which of its messages are the conversation's.
struct FittedRequest: Sendable {
    var request: ModelRequest
    var history: Range<Int>
    /// What the window has left for the answer.
    var answerTokens: Int

    var withoutTools: FittedRequest {
        FittedRequest(request: request.withoutTools, history: history, answerTokens: answerTokens)
    }
}

/// Makes a request fit the window of one candidate: the newest messages stay whole, older ones give way to the summary,
/// results of earlier steps to excerpts. A result never goes without its call, and the person's last message never goes.
struct ContextFit {
    /// What an older result of the same run keeps when the window is full.
    private static let smallExcerpt = 1024

    private let request: ModelRequest
    private let context: RunContext
    /// The messages of the conversation; the last one is the person's, or whatever stands for it.
    private let history: [ModelMessage]
    /// What this run has done since.
    private let steps: [ModelMessage]
    private let window: Int
    private let answerTokens: Int
    private let budget: Int

    /// The first `historyCount` of the request's messages are the conversation's.
    init(_ request: ModelRequest, historyCount: Int, context: RunContext, candidate: ModelCandidate, defaultWindow: Int)
    {
        var request = request
        window = candidate.contextWindow ?? defaultWindow
        // At least half of it is for what is asked; a window that is only supposed keeps no answer short.
        let most = min(candidate.maximumTokens ?? .max, candidate.contextWindow.map { $0 / 2 } ?? .max)
        request.maximumTokens = request.maximumTokens.map { min($0, most) }
        answerTokens = request.maximumTokens ?? min(candidate.maximumTokens ?? WorstCase.outputTokens, window / 4)
        budget = window - min(answerTokens, window / 2)
        request.instruction = context.instruction(agent: request.instruction)
        self.request = request
        self.context = context
        history = Array(request.messages.prefix(historyCount))
        steps = Array(request.messages.dropFirst(historyCount))
    }

    /// Throws `.contextTooLong` when not even the last message has room.
    func fitted() throws(ModelError) -> FittedRequest {
        let whole = assembled(from: 0, steps: steps)
        if whole.request.mostTokens <= budget || whole.request.estimatedTokens <= budget { return whole }
        let older = shrunkOlderSteps
        let plans: [() -> FittedRequest?] = [
            { boundary.map { assembled(from: $0, steps: steps) } },
            { boundary.map { assembled(from: $0, steps: older) } },
            { newest(steps: older) },
            { newest(steps: shrunkAllSteps) },
            { newest(steps: shrunkAllSteps, withTools: false) },
        ]
        for plan in plans {
            if let fitted = plan(), fitted.request.estimatedTokens <= budget { return fitted }
        }
        throw ModelError(
            .contextTooLong,
            "This does not fit what the model can read at once, \(window) tokens. Send a shorter message, or choose a "
                + "model with a larger window; it is set with the model, under Providers."
        )
    }

    /// Where the summary ends, if there is one.
    private var boundary: Int? {
        guard let covered = context.summary?.covers, covered < history.count else { return nil }
        return covered
    }

    /// With as many of the newest messages as have room; an answer never comes without its question.
    private func newest(steps: [ModelMessage], withTools: Bool = true) -> FittedRequest? {
        guard !history.isEmpty else { return assembled(from: 0, steps: steps, withTools: withTools) }
        var start = history.count - 1
        var room = budget - assembled(from: start, steps: steps, withTools: withTools).request.estimatedTokens
        var place = start
        while place > 0 {
            place -= 1
            room -= history[place].estimatedTokens
            guard room >= 0 else { break }
            if case .user = history[place] { start = place }
        }
        return assembled(from: start, steps: steps, withTools: withTools)
    }

    /// The messages from `start` on. What is missing before them is told by the summary as far as it goes.
    private func assembled(from start: Int, steps: [ModelMessage], withTools: Bool = true) -> FittedRequest {
        var request = request
        let isCut = start > 0 || context.isCut
        let notes = context.notes(
            withSummary: isCut,
            isIncomplete: isCut && start > (context.summary?.covers ?? 0) || context.isCut && context.summary == nil
        )
        request.messages = (notes.map { [$0] } ?? []) + history[start...] + steps
        let first = notes == nil ? 0 : 1
        return FittedRequest(
            request: withTools ? request : request.withoutTools,
            history: first..<first + history.count - start,
            answerTokens: answerTokens
        )
    }

    /// All but the newest step's results are cut: the newest is what the model is about to read.
    private var shrunkOlderSteps: [ModelMessage] {
        let newest = steps.lastIndex { if case .assistant = $0 { true } else { false } } ?? steps.count
        return steps[..<newest].map { shrunk($0, to: Self.smallExcerpt) } + steps[newest...]
    }

    /// The newest results share what room they are likely to have.
    private var shrunkAllSteps: [ModelMessage] {
        let count = max(1, steps.count { if case .toolResult = $0 { true } else { false } })
        let share = min(max(budget / count / 2, 128), Self.smallExcerpt)
        return steps.map { shrunk($0, to: share) }
    }

    private func shrunk(_ message: ModelMessage, to bytes: Int) -> ModelMessage {
        guard case .toolResult(let id, let name, let content, let isError) = message else { return message }
        let excerpt = ToolExcerpt(content, reference: id, bytes: bytes).text
        return .toolResult(callID: id, toolName: name, content: excerpt, isError: isError)
    }
}

extension ModelRequest {
    var estimatedTokens: Int {
        TokenEstimate.of(instruction) + messages.reduce(16) { $0 + $1.estimatedTokens }
            + tools.reduce(0) { $0 + $1.estimatedTokens }
    }

    fileprivate var mostTokens: Int {
        instruction.utf8.count + messages.reduce(16) { $0 + $1.mostTokens } + tools.reduce(0) { $0 + $1.mostTokens }
    }
}
