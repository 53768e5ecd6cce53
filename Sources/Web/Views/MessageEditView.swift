import Engine
import Foundation

/// A message of a person, to be said otherwise: a page of its own, or a form in the message's place.
struct MessageEditView: View {
    static let template = "message-edit"

    let page: Frame
    let action: String
    let back: String
    let fieldID: String
    let errorID: String
    let idempotencyKey: String
    let text: String
    let problem: String?
    let agent: Select
    let model: Select

    init(
        page: Frame,
        message: UUID,
        conversation: UUID,
        draft: ComposerView.Draft,
        choices: AgainChoices,
        voice: Voice
    ) {
        self.page = page
        action = "/conversations/\(conversation.text)/messages/\(message.text)/edit"
        back = "/conversations/\(conversation.text)#m-\(message.text)"
        fieldID = "edit-\(message.text)"
        errorID = fieldID + "-error"
        idempotencyKey = draft.key
        text = draft.text
        problem = draft.error
        // Several of them may be open on one page.
        agent = Select(
            "agent_id",
            id: "agent-\(message.text)",
            label: voice.words["composer.agent"],
            options: choices.agents
        )
        model = Select(
            "model_id",
            id: "model-\(message.text)",
            label: voice.words["composer.model"],
            options: choices.models
        )
    }
}

/// Who shall answer once more: as before, or somebody else.
struct AgainChoices: Sendable {
    let agents: [Option]
    let models: [Option]

    init(
        agents: [(id: String, name: String)],
        models: [(id: String, name: String)],
        agent: String = "",
        model: String = "",
        voice: Voice
    ) {
        self.agents = ([(id: "", name: voice.words["again.sameAgent"])] + agents).map {
            Option(value: $0.id, label: $0.name, isChosen: $0.id == agent)
        }
        self.models = ([(id: "", name: voice.words["again.sameModel"])] + models).map {
            Option(value: $0.id, label: $0.name, isChosen: $0.id == model)
        }
    }
}
