import Foundation

/// The most that a model call can cost, before it is made.
struct WorstCase: Sendable {
    /// Where neither agent nor model says how long an answer may be.
    static let outputTokens = 4096
    /// English has some four bytes a token, Chinese three, code fewer: two are on the safe side.
    private static let bytesPerToken = 2
    /// Roles and separators that the request's bytes do not show.
    private static let tokensPerMessage = 16

    let cost: Decimal
    /// What the answer was counted with; the call has to be made with this bound.
    let outputTokens: Int

    init(_ request: ModelRequest, price: ModelCandidate.Price, modelLimit: Int?) {
        outputTokens = request.maximumTokens ?? modelLimit ?? Self.outputTokens
        let inputTokens = request.bytes / Self.bytesPerToken + (request.messages.count + 2) * Self.tokensPerMessage
        let input = Decimal(inputTokens) * max(price.input, price.cached ?? 0)
        var exact = (input + Decimal(outputTokens) * price.output) / 1_000_000
        var rounded = Decimal()
        NSDecimalRound(&rounded, &exact, 6, .up)
        cost = rounded
    }
}

extension ModelRequest {
    /// Of all that is sent and paid by its length.
    fileprivate var bytes: Int {
        messages.reduce(instruction.utf8.count) { $0 + $1.bytes }
            + tools.reduce(0) { $0 + $1.name.utf8.count + $1.description.utf8.count + $1.schema.utf8.count }
    }
}

extension ModelMessage {
    fileprivate var bytes: Int {
        switch self {
        case .user(let text): text.utf8.count
        case .assistant(let text, let calls):
            calls.reduce(text.utf8.count) { $0 + $1.id.utf8.count + $1.name.utf8.count + $1.arguments.utf8.count }
        case .toolResult(let id, let name, let content, _): id.utf8.count + name.utf8.count + content.utf8.count
        }
    }
}
