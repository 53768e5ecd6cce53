import Engine
import Foundation
import Storage

/// What a person says about a call that waits for them, as a page or a program sends it.
struct CallReply: Sendable {
    /// `approve`, `deny`, `again`, `done` or `stop`; nil with an answer.
    var decision: String?
    /// To a question.
    var answer: String?
    /// On a call that is taken as done.
    var note: String?
    /// JSON instead of the model's.
    var input: String?
    var isRemembered = false
}

extension WebServices {
    /// Answers a call that waits for a person; nil when there is no such call. Throws `WebError` that names what is wrong:
    /// `decision`, `answer` or `tool_input`.
    func answer(_ call: String, of run: UUID, _ reply: CallReply, by principal: Principal) async throws -> Run? {
        let known = try await store.approvals(of: run, by: principal)?.filter { $0.callID == call }
        guard let known, let asked = known.first(where: { $0.decision == nil }) ?? known.last else { return nil }
        guard asked.decision == nil else { throw StorageError(.conflict("approval"), "This was answered before.") }
        let decision = try self.decision(reply, on: asked)
        guard let answered = try await store.decide(decision, call: call, of: run, by: principal) else { return nil }
        if answered.state == .queued { runQueued() }
        return answered
    }

    private func decision(_ reply: CallReply, on asked: ApprovalRecord) throws(WebError) -> ApprovalDecision {
        switch (asked.kind, reply.decision) {
        case (.approval, "approve"):
            return ApprovalDecision(
                .approved,
                editedInput: try editedInput(reply, asked),
                isRemembered: reply.isRemembered
            )
        case (.approval, "deny"), (.question, "deny"): return ApprovalDecision(.denied)
        case (.question, nil): return ApprovalDecision(.answered, text: try answer(reply, asked))
        case (.maybeExecuted, "again"): return ApprovalDecision(.again)
        case (.maybeExecuted, "done"): return ApprovalDecision(.done, text: try note(reply))
        case (.maybeExecuted, "stop"): return ApprovalDecision(.stop)
        case (.approval, _): throw .invalid("decision", "Use approve or deny.")
        case (.question, _): throw .invalid("decision", "Send an answer, or deny to give none.")
        case (.maybeExecuted, _): throw .invalid("decision", "Use again, done or stop.")
        }
    }

    private func editedInput(_ reply: CallReply, _ asked: ApprovalRecord) throws(WebError) -> String? {
        guard let input = reply.input, !input.isSameJSON(as: asked.toolInput) else { return nil }
        if let complaint = tools.complaint(about: input, for: asked.toolName) {
            throw .invalid("tool_input", complaint)
        }
        return (try? JSONValue(parsing: input))?.text
    }

    private func answer(_ reply: CallReply, _ asked: ApprovalRecord) throws(WebError) -> String {
        let input = try? JSONValue(parsing: asked.toolInput)
        let answer = reply.answer ?? ""
        guard let complaint = input.flatMap(PersonQuestion.init)?.complaint(about: answer) else { return answer }
        throw .invalid("answer", complaint)
    }

    private func note(_ reply: CallReply) throws(WebError) -> String? {
        guard (reply.note ?? "").utf8.count <= PersonQuestion.longestAnswer else {
            throw .invalid("note", "At most \(PersonQuestion.longestAnswer / 1024) KB.")
        }
        return reply.note
    }
}

extension String {
    fileprivate func isSameJSON(as other: String) -> Bool {
        guard let value = try? JSONValue(parsing: self) else { return false }
        return value == (try? JSONValue(parsing: other))
    }
}
