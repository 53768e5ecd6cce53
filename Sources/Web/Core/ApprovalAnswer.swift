import Engine
import Foundation
import Storage

extension WebServices {
    /// Answers a tool call that waits for a person; nil when there is no such call. Throws `WebError` when the input does
    /// not fit the tool.
    func answer(
        _ call: String,
        of run: UUID,
        approve: Bool,
        input: String?,
        remember: Bool,
        by principal: Principal
    ) async throws -> Run? {
        let known = try await store.approvals(of: run, by: principal)
        guard let asked = known?.first(where: { $0.callID == call }) else { return nil }
        var edited: String?
        if approve, let input, !input.isSameJSON(as: asked.toolInput) {
            if let complaint = tools.complaint(about: input, for: asked.toolName) {
                throw WebError.invalid("tool_input", complaint)
            }
            edited = (try? JSONValue(parsing: input))?.text
        }
        let decision = ApprovalDecision(isApproved: approve, editedInput: edited, isRemembered: remember)
        guard let answered = try await store.decide(decision, call: call, of: run, by: principal) else { return nil }
        if answered.state == .queued { runQueued() }
        return answered
    }
}

extension String {
    fileprivate func isSameJSON(as other: String) -> Bool {
        guard let value = try? JSONValue(parsing: self) else { return false }
        return value == (try? JSONValue(parsing: other))
    }
}
