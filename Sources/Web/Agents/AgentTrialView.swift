import Engine
import Foundation

/// The conversation in which an agent is tried out, beside its form: the message is a field of that form, so that nothing
/// typed is lost on the way.
struct AgentTrialView: Sendable {
    let items: [ThreadItem]
    let isEmpty: Bool
    /// Where the form goes with the message.
    let action: String
    /// Makes the same form, sent twice, the same message.
    let key: String
    let text: String
    let problem: String?
    /// Why it cannot be tried out now.
    let notice: String?
    /// Set while an answer grows and the page loads again by itself where scripts do not run: where it does not.
    let stillAddress: String?
    /// The whole conversation, and where it is forgotten; nil before anything was said.
    let conversation: String?
    let forgetting: String?
    /// Where the form goes to stop the answer that grows.
    let stopping: String?
    let pending: PendingView

    /// What is known of the conversation.
    struct Talk: Sendable {
        /// nil before anything was said.
        var conversation: UUID?
        var items: [ThreadItem] = []
        var pending: PendingView
        /// While an answer is under way that nobody has stopped yet.
        var canStop = false
    }

    /// What was typed and could not be said, and why.
    struct Draft: Sendable {
        var text = ""
        var problem: String?
        /// The page stays as it is, so that one can write.
        var isStill = false
        var key = UUID().uuidString
    }

    init(agent: UUID, talk: Talk, draft: Draft, notice: String?) {
        let place = "/agents/\(agent.text)"
        items = talk.items
        isEmpty = items.isEmpty
        action = "\(place)/trial#try"
        key = draft.key
        text = draft.text
        problem = draft.problem
        self.notice = notice
        let isGrowing = items.contains { $0.growing != nil && $0.growing?.hasQuestions == false }
        stillAddress = isGrowing && !draft.isStill ? "\(place)/edit?write=1#try" : nil
        conversation = talk.conversation.map { "/conversations/\($0.text)" }
        forgetting = talk.conversation.map { _ in "\(place)/trial/deletion" }
        stopping = talk.canStop ? "\(place)/trial/cancellation#try" : nil
        pending = talk.pending
    }
}
