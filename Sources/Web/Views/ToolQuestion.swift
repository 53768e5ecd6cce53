import Engine
import Foundation
import Storage

/// Something that a person has to say before a run goes on, where they read it: exactly one of the three forms is there.
struct ToolQuestion: Sendable {
    let title: String
    let action: String
    let csrf: String
    /// When it is taken for refused.
    let expiry: String?
    let error: FieldError?
    var approval: Call?
    var question: Question?
    var crash: Call?

    /// A tool call.
    struct Call: Sendable {
        let name: String
        let input: String
        let fieldID: String
        /// What is typed into the form.
        let note: String
    }

    struct Question: Sendable {
        let text: String
        let fieldID: String
        let choices: [Choice]
        let hasChoices: Bool
        let freeText: FreeText?
    }

    struct Choice: Sendable {
        let id: String
        let value: String
        let isChosen: Bool
    }

    struct FreeText: Sendable {
        let id: String
        let label: String
        let value: String
    }

    struct FieldError: Sendable {
        let id: String
        let text: String
    }

    /// What a person sent that could not be taken, to be shown again with what is wrong.
    struct Draft: Sendable {
        var callID: String
        var choice = ""
        var text = ""
        var input = ""
        var error: String
    }

    init(_ tool: LiveAnswer.Tool, run: UUID, draft: Draft?, csrf: String, voice: Voice) {
        let (words, id) = (voice.words, tool.callID)
        let draft = draft?.callID == id ? draft : nil
        action = "/runs/\(run.text)/approvals/\(id)"
        self.csrf = csrf
        expiry = tool.request?.expiresAt.map {
            words("approval.expiry", ["time": TimeText.exact($0, voice: voice)])
        }
        error = draft.map { FieldError(id: "error-\(id)", text: $0.error) }
        let input = draft.map(\.input).flatMap { $0.isEmpty ? nil : $0 } ?? tool.input
        let call = Call(name: tool.name, input: input, fieldID: "input-\(id)", note: draft?.text ?? "")
        switch tool.request?.kind {
        case .question:
            title = words["question.title"]
            question = Question(tool, draft: draft, voice: voice)
        case .maybeExecuted:
            title = words["crash.title"]
            crash = call
        default:
            title = words["approval.title"]
            approval = call
        }
    }
}

extension LiveAnswer.Tool {
    /// A call of a run whose log is not at hand.
    init(_ asked: ApprovalRecord) {
        self.init(
            callID: asked.callID,
            name: asked.toolName,
            input: asked.toolInput,
            request: LiveAnswer.Request(kind: asked.kind, expiresAt: asked.expiresAt)
        )
    }
}

extension ToolQuestion.Question {
    fileprivate init(_ tool: LiveAnswer.Tool, draft: ToolQuestion.Draft?, voice: Voice) {
        let asked = (try? JSONValue(parsing: tool.input)).flatMap(PersonQuestion.init)
        fieldID = "answer-\(tool.callID)"
        text = asked?.question ?? tool.input
        choices = (asked?.choices ?? []).enumerated().map { index, choice in
            .init(id: "choice-\(tool.callID)-\(index)", value: choice, isChosen: choice == draft?.choice)
        }
        hasChoices = !choices.isEmpty
        freeText =
            asked?.allowsFreeText == false
            ? nil
            : .init(
                id: fieldID,
                label: voice.words[choices.isEmpty ? "question.answer" : "question.other"],
                value: draft?.text ?? ""
            )
    }
}
