import Engine
import Foundation
import Storage

/// Where a message is written, with the agent and the model that shall answer.
struct ComposerView: Sendable {
    let action: String
    let draftKey: String
    /// Makes the same form, sent twice, the same message.
    let idempotencyKey: String
    let text: String
    let placeholder: String
    let sendWord: String
    let error: String?
    let agents: [Option]
    let models: [Option]
    /// Said where there are more agents than are offered.
    let agentsCut: String?
    let stopAddress: String?
    /// While an answer is under way: what is written goes into it, or is said after it.
    let isBusy: Bool
    /// While an answer grows: the page loads itself again where there are no scripts, and typed text would go with it.
    let isWaiting: Bool
    let isFocused: Bool
    /// Files that are there already, and come along unless their tick is taken away.
    let attachments: [AttachmentView]
    let hasAttachments: Bool

    struct Draft: Sendable {
        var text = ""
        var agent = ""
        var model = ""
        var error: String?
        var attachments: [AttachedFile] = []
        var key = UUID().uuidString

        func to(_ agent: UUID?) -> Draft {
            var draft = self
            draft.agent = agent?.text ?? ""
            return draft
        }
    }

    /// `conversation` is nil where a new one begins; `run` is the one at work; `isAsked` says that it asks the reader
    /// something, `isStill` that the page is to stay as it is, whatever grows.
    init(
        conversation: UUID?,
        run: Run? = nil,
        isAsked: Bool = false,
        isStill: Bool = false,
        draft: Draft = Draft(),
        agents: [(id: String, name: String)],
        models: [(id: String, name: String)],
        isCut: Bool = false,
        voice: Voice
    ) {
        let words = voice.words
        agentsCut = isCut ? words("agents.cut", ["n": Page.choiceLimit.grouped]) : nil
        action = conversation.map { "/conversations/\($0.text)/messages" } ?? "/conversations"
        draftKey = conversation.map(\.text) ?? "new"
        idempotencyKey = draft.key
        text = draft.text
        error = draft.error
        attachments =
            conversation.map { id in
                draft.attachments.map { AttachmentView($0, conversation: id, voice: voice) }
            } ?? []
        hasAttachments = !attachments.isEmpty
        sendWord = words[conversation == nil ? "composer.start" : "composer.send"]
        placeholder = words[ComposerView.hint(conversation, run, isAsked)]
        self.agents = agents.map { Option(value: $0.id, label: $0.name, isChosen: $0.id == draft.agent) }
        self.models = ([(id: "", name: words["composer.ownModel"])] + models).map {
            Option(value: $0.id, label: $0.name, isChosen: $0.id == draft.model)
        }
        stopAddress = run.flatMap { $0.state == .stopping ? nil : "/runs/\($0.id.text)/cancellation" }
        isBusy = run != nil
        // A page that loads again by itself would take what is typed into a question.
        isWaiting = run.map { $0.state != .paused } ?? false && draft.error == nil && !isAsked && !isStill
        isFocused = draft.error != nil || conversation == nil || isStill
    }

    private static func hint(_ conversation: UUID?, _ run: Run?, _ isAsked: Bool) -> String {
        guard let run else { return conversation == nil ? "composer.new" : "composer.next" }
        if run.state == .paused { return "composer.paused" }
        return isAsked ? "composer.asked" : "composer.wait"
    }
}
