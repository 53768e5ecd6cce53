import Engine
import Foundation
import HTTPTypes
import Storage

/// A message as it was typed, with the agent and the model that shall answer.
struct TurnForm: Sendable {
    static let longest = 100_000

    let text: String
    let agent: String
    let model: String
    private let key: String
    /// What to do when an answer is under way; nil: nothing.
    let mode: PendingMessage.Mode?
    /// Files that are there already, and those that came with the form.
    var attachments: [UUID]

    init(_ upload: Upload) {
        self.init(upload.form)
        for file in upload.files where !attachments.contains(file.id) { attachments.append(file.id) }
    }

    init(_ form: Form) {
        text = form["content"].replacing("\r\n", with: "\n")
        agent = form["agent_id"]
        model = form["model_id"]
        key = String(form["key"].prefix(100))
        mode = PendingMessage.Mode(rawValue: form["mode"])
        attachments = form.all("attachment").prefix(100).compactMap { UUID(uuidString: $0) }
    }

    /// What is said to an agent that is tried out, in a field of its form.
    init(trialOf agent: UUID, _ form: Form) {
        text = form["trial"].unixLines
        self.agent = agent.text
        model = ""
        key = String(form["key"].prefix(100))
        mode = nil
        attachments = []
    }

    /// The words for what is wrong; nil when it can be sent.
    func problem(_ voice: Voice) -> String? {
        if attachments.isEmpty, text.allSatisfy(\.isWhitespace) { return voice.words["composer.empty"] }
        return text.count > TurnForm.longest ? voice.words["composer.tooLong"] : nil
    }

    func turn(in conversation: UUID, at place: TurnPlace = .end, begins: Bool = false) -> TurnInput {
        TurnInput(
            conversationID: conversation,
            content: text,
            at: place,
            attachments: attachments,
            agentID: UUID(uuidString: agent),
            modelID: UUID(uuidString: model),
            temporaryMessageID: nil,
            idempotencyKey: key.isEmpty ? nil : key,
            beginsConversation: begins
        )
    }

    /// The same again, to be shown with what is wrong.
    func draft(_ error: String) -> ComposerView.Draft {
        ComposerView.Draft(text: text, agent: agent, model: model, error: error)
    }
}

extension WebServices {
    /// Starts the turn of a form, for which the conversation was made where it `begins` one. A form that was changed after it had been sent is another message.
    func start(
        _ form: TurnForm,
        in conversation: UUID,
        at place: TurnPlace = .end,
        begins: Bool = false,
        by principal: Principal
    ) async throws -> TurnStart? {
        do {
            return try await start(form.turn(in: conversation, at: place, begins: begins), by: principal)
        } catch let error as StorageError where error.code == .conflict("idempotency_key") {
            var turn = form.turn(in: conversation, at: place)
            turn.idempotencyKey = nil
            return try await start(turn, by: principal)
        }
    }
}

extension WebServices {
    /// Sends the message of a form; false when there is no such conversation.
    func send(_ form: TurnForm, in conversation: UUID, by principal: Principal) async throws -> Bool {
        guard let mode = form.mode else { return try await start(form, in: conversation, by: principal) != nil }
        let turn = form.turn(in: conversation)
        do {
            return try await say(turn, mode: mode, by: principal) != nil
        } catch let error as StorageError where error.code == .conflict("idempotency_key") {
            var changed = turn
            changed.idempotencyKey = nil
            return try await say(changed, mode: mode, by: principal) != nil
        }
    }
}

extension StorageError {
    /// Why a turn was not taken, in words and as a status; nil when it is another failure.
    func turnProblem(_ voice: Voice) -> (message: String, status: HTTPResponse.Status)? {
        switch code {
        case .conflict("run"): (voice.words["composer.busy"], .conflict)
        case .conflict("message"): (voice.words["message.restoreFirst"], .conflict)
        case .conflict("pending"): (voice.words["pending.full"], .conflict)
        case .invalid("attachments"): (voice.words["files.gone"], .unprocessableContent)
        case .invalid("agent_id"), .invalid("model_id"): (voice.words["composer.gone"], .unprocessableContent)
        case .invalid: (voice.notAccepted(message), .unprocessableContent)
        default: nil
        }
    }
}
