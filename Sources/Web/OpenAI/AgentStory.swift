import Engine
import Foundation

/// A run's log as a program is told it: words in order, and how it ends.
struct AgentStory: Sendable {
    /// What the run has said.
    private(set) var text = ""
    private(set) var isWaiting = false
    private(set) var hasEnded = false
    private(set) var finish = FinishReason.stop
    /// Why it failed.
    private(set) var failure: WebError?
    /// What was told already; what the log says anew is not told twice.
    private var told = ""
    private var isRepeating = false

    /// Returns what is new for somebody who has read all before.
    mutating func take(_ events: [RunEvent]) -> String {
        var new = ""
        for event in events {
            guard let data = JSONNode(Array(event.data.utf8)) else { continue }
            switch event.kind {
            case .agentStart:
                told = isRepeating ? told : text
                isRepeating = !told.isEmpty
                text = ""
            case .contentStream: new += add(data["content_delta"]?.string ?? "")
            case .runStatus: isWaiting = data["state"]?.string == RunState.waiting.rawValue
            case .messageComplete:
                finish = data["metadata"]?["finish_reason"]?.string.flatMap(FinishReason.init) ?? finish
            case .error: failure = Self.failure(data)
            default: break
            }
            if event.endsRun { hasEnded = true }
        }
        return new
    }

    private mutating func add(_ delta: String) -> String {
        text += delta
        guard isRepeating else { return delta }
        if told.utf8.starts(with: text.utf8), told.utf8.count > text.utf8.count { return "" }
        isRepeating = false
        if text.utf8.starts(with: told.utf8) { return String(text[told.endIndex...]) }
        // What was told cannot be taken back: a model has broken off, and another one has begun anew.
        return "\n\n" + text
    }

    private static func failure(_ data: JSONNode) -> WebError {
        let code = data["error_code"]?.string ?? "RUN_FAILED"
        let message = data["error_message"]?.string ?? "The run failed."
        if code == "BUDGET_EXCEEDED" { return WebError(BudgetExceeded(message: message)) }
        if let known = ModelError.Code(rawValue: code) {
            return WebError(ModelError(known, message, retryAfter: data["retry_after"]?.int))
        }
        return WebError(.badGateway, message, specificCode: code.lowercased())
    }
}
