import Engine
import Foundation

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
    let stopAddress: String?
    /// While an answer is under way: what is written goes into it, or is said after it.
    let isBusy: Bool
    /// While an answer grows: the page loads itself again where there are no scripts, and typed text would go with it.
    let isWaiting: Bool
    let isFocused: Bool

    struct Draft: Sendable {
        var text = ""
        var agent = ""
        var model = ""
        var error: String?
        var key = UUID().uuidString
    }

    /// `conversation` is nil where a new one begins; `run` is the one at work; `isStill` says that the page is to stay as it
    /// is, whatever grows.
    init(
        conversation: UUID?,
        run: Run? = nil,
        isStill: Bool = false,
        draft: Draft = Draft(),
        agents: [(id: String, name: String)],
        models: [(id: String, name: String)],
        voice: Voice
    ) {
        let words = voice.words
        action = conversation.map { "/conversations/\($0.text)/messages" } ?? "/conversations"
        draftKey = conversation.map(\.text) ?? "new"
        idempotencyKey = draft.key
        text = draft.text
        error = draft.error
        sendWord = words[conversation == nil ? "composer.start" : "composer.send"]
        placeholder = words[ComposerView.hint(conversation, run)]
        self.agents = agents.map { Option(value: $0.id, label: $0.name, isChosen: $0.id == draft.agent) }
        self.models = ([(id: "", name: words["composer.ownModel"])] + models).map {
            Option(value: $0.id, label: $0.name, isChosen: $0.id == draft.model)
        }
        stopAddress = run.map { "/runs/\($0.id.text)/cancellation" }
        isBusy = run != nil
        let isGrowing = run.map { [.queued, .running, .stopping].contains($0.state) } ?? false
        isWaiting = isGrowing && draft.error == nil && !isStill
        isFocused = draft.error != nil || conversation == nil || isStill
    }

    private static func hint(_ conversation: UUID?, _ run: Run?) -> String {
        guard let run else { return conversation == nil ? "composer.new" : "composer.next" }
        switch run.state {
        case .waiting: return "composer.asked"
        case .paused: return "composer.paused"
        default: return "composer.wait"
        }
    }
}
