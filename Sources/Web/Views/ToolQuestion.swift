import Engine
import Foundation
import Storage

/// Something that a person has to say before a run goes on, where they read it: exactly one of the four forms is there.
struct ToolQuestion: Sendable {
    /// Under which the page keeps what is typed into it.
    let id: String
    let title: String
    /// For what task it is asked; empty of the turn's own run.
    let task: String
    let hasTask: Bool
    let action: String
    let csrf: String
    /// When it is taken for refused.
    let expiry: String?
    let error: FieldError?
    var approval: Call?
    var question: Question?
    var crash: Call?
    var budget: Budget?

    /// A tool call.
    struct Call: Sendable {
        let name: String
        let input: String
        let fieldID: String
        /// What is typed into the form.
        let note: String
    }

    /// A budget that asks before it is passed, and how it stands.
    struct Budget: Sendable {
        let text: String
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

    init(_ asked: ApprovalRecord, of one: TurnRun, draft: Draft?, csrf: String, voice: Voice) {
        let words = voice.words
        let draft = draft?.callID == asked.callID ? draft : nil
        let key = "\(one.run.id.text)-\(asked.callID)-\(asked.kind.rawValue)"
        id = key
        action = "/runs/\(one.run.id.text)/approvals/\(asked.callID)"
        self.csrf = csrf
        task = one.task.map { "\(one.title(voice: voice)): \($0)" } ?? ""
        hasTask = !task.isEmpty
        expiry = asked.expiresAt.map { words("approval.expiry", ["time": TimeText.exact($0, voice: voice)]) }
        error = draft.map { FieldError(id: "error-\(key)", text: $0.error) }
        let input = draft.map(\.input).flatMap { $0.isEmpty ? nil : $0 } ?? asked.toolInput
        let call = Call(name: asked.toolName, input: input, fieldID: "input-\(id)", note: draft?.text ?? "")
        switch asked.kind {
        case .question:
            title = words["question.title"]
            question = Question(asked, id: id, draft: draft, voice: voice)
        case .maybeExecuted:
            title = words["crash.title"]
            crash = call
        case _ where asked.toolName == ToolCall.exceedBudget:
            title = words["approval.budgetTitle"]
            budget = Budget(
                text: BudgetNotice(json: asked.toolInput)?.words("approval.budget", voice) ?? asked.toolInput
            )
        case .approval:
            title = words("approval.asks", ["agent": one.title(voice: voice), "tool": asked.toolName])
            approval = call
        }
    }
}

extension ToolQuestion.Question {
    fileprivate init(_ record: ApprovalRecord, id: String, draft: ToolQuestion.Draft?, voice: Voice) {
        let asked = (try? JSONValue(parsing: record.toolInput)).flatMap(PersonQuestion.init)
        fieldID = "answer-\(id)"
        text = asked?.question ?? record.toolInput
        choices = (asked?.choices ?? []).enumerated().map { index, choice in
            .init(id: "choice-\(id)-\(index)", value: choice, isChosen: choice == draft?.choice)
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

/// What waits for the one who reads a turn.
struct QuestionsView: View {
    static let template = "part/questions"

    let questions: [ToolQuestion]
}
