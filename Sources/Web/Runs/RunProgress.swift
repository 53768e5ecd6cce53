import Engine
import Storage

/// What a run's log has said of how it stands, for whoever waits for its end.
struct RunProgress: Sendable {
    private(set) var hasEnded = false
    /// It waits, for whatever, or was asked to rest.
    private(set) var mayRest = false
    /// Why it failed.
    private(set) var failure: WebError?

    mutating func take(_ event: RunEvent) {
        switch event.kind {
        case .error: failure = WebError(failed: event)
        case .runStatus:
            let state = JSONNode(Array(event.data.utf8))?["state"]?.string.flatMap(RunState.init)
            mayRest = state == .waiting || state == .paused
        default: break
        }
        hasEnded = hasEnded || event.endsRun
    }
}

extension WebError {
    /// An `error` event as the answer to whoever waited for the run.
    init(failed event: RunEvent) {
        let data = JSONNode(Array(event.data.utf8))
        let code = data?["error_code"]?.string ?? RunFailure.unforeseen.rawValue
        let message = data?["error_message"]?.string ?? "The run failed."
        if code == Self.budgetExceeded {
            self.init(BudgetExceeded(message: message))
        } else if let known = ModelError.Code(rawValue: code) {
            self.init(ModelError(known, message, retryAfter: data?["retry_after"]?.int))
        } else {
            self.init(.internalError, message, specificCode: code)
        }
    }

    /// What became of a model call.
    init(_ error: ModelError) {
        let code: Code =
            switch error.code {
            case .rateLimited: .rateLimited
            case .rejected, .unsupported, .contextTooLong: .badRequest
            case .notFound: .notFound
            case .notConfigured: .conflict
            case .unavailable, .unreachable: .unavailable
            case .unauthorized, .timeout, .malformed, .interrupted: .badGateway
            }
        self.init(
            code,
            error.message,
            details: error.parameter.map { [Detail(field: $0, message: error.message)] } ?? [],
            specificCode: error.code.rawValue,
            retryAfter: error.retryAfter
        )
    }

    init(_ error: BudgetExceeded) {
        self.init(.rateLimited, error.message, specificCode: Self.budgetExceeded)
    }

    static let budgetExceeded = RunFailure.budgetExceeded.rawValue
}

/// A run that only a person can move on, and what it asks of them: nothing when it was paused.
struct RestingRun: Sendable {
    let run: Run
    let asked: [ApprovalRecord]

    var isPaused: Bool { run.state == .paused }

    /// What it waits for and what moves it, for programs that do not wait.
    var plea: String {
        guard !isPaused, let call = asked.first else {
            return "The agent's run was paused. Let it go on in ALMA or at POST /v1/runs/\(run.id.text)/resume"
        }
        return "The agent waits for a person: \(call.toolName), in run \(call.runID.text). Answer it in ALMA or at "
            + "POST /v1/runs/\(call.runID.text)/approvals/\(call.callID)"
    }
}

extension WebServices {
    /// nil while the run, or one below it, is at work.
    func resting(_ begun: Run, by principal: Principal) async throws -> RestingRun? {
        guard let run = try await store.run(begun.id, by: principal) else { return nil }
        let asked = try await store.pendingApprovals(by: principal).filter { $0.conversationID == run.conversationID }
        guard run.state == .paused || (run.state == .waiting && !asked.isEmpty),
            try await !store.isAtWork(turn: run.rootRunID, by: principal)
        else { return nil }
        return RestingRun(run: run, asked: asked)
    }
}
