/// Why a run fails, beyond what becomes of its model's calls (`ModelError.Code`): programs go by these names.
package enum RunFailure: String, Sendable, CaseIterable {
    /// Nobody foresaw it, or it could not be stored.
    case unforeseen = "RUN_FAILED"
    case outOfTime = "RUN_TIMEOUT"
    case outOfTokens = "RUN_TOKENS_EXHAUSTED"
    case outOfSteps = "RUN_STEPS_EXHAUSTED"
    /// It was cut short too often.
    case outOfAttempts = "RUN_ATTEMPTS_EXHAUSTED"
    case emptyAnswer = "MODEL_EMPTY_ANSWER"
    case budgetExceeded = "BUDGET_EXCEEDED"
}
