package import Foundation

/// The whole results of tool calls, also of those that the log has only excerpts of: `Storage`'s.
package protocol ToolResults: Sendable {
    /// The result of a call of this run, or one that is kept of another run of its conversation; nil when the principal
    /// has no such call.
    func toolResult(_ call: String, of run: UUID, by principal: Principal) async throws -> String?
}
