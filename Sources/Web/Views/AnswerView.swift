import Engine
import Foundation
import Storage

/// A finished answer: its text, how its run ended, and what it cost.
struct AnswerView: View {
    static let template = "part/answer"

    let id: String
    let runID: String?
    let agent: String
    let time: TimeText?
    let html: String
    let hasText: Bool
    let attachments: [AttachmentView]
    let hasAttachments: Bool
    let run: RunLine?
    let failure: Failure?
    let meta: [String]
    let versions: VersionsView?
    let again: Again?
    let deleteAddress: String?
    let runAddress: String?
    let turnForkAddress: String?
    let csrf: String

    /// Where another answer is asked for, and of whom.
    struct Again: Sendable {
        let action: String
        let agents: [Option]
        let models: [Option]
    }

    /// Why the answer is not whole.
    struct Failure: Sendable {
        let kind: String
        let icon: String
        let title: String
        let text: String
        let retryAddress: String?
    }

    /// What is known of the answer besides its text.
    struct Facts: Sendable {
        var id: UUID
        var agent: String
        var date: Date
        var run: Run?
        var metadata: AnswerMetadata
        /// Of a run that has called others.
        var tree: TurnTree?
        /// On the run's own page.
        var isWhole = false
        /// The one that stopped it.
        var budget: BudgetNotice?
        /// Only the last attempt at a message may be tried again.
        var canRetry = false
        var conversation: UUID
        /// Nothing was written when it ended: then there is no message, only its question.
        var message: UUID?
        var versions: [UUID] = []
        /// What its run has made.
        var attachments: [AttachedFile] = []
        var choices: AgainChoices?
    }

    /// `html` comes from the Markdown module and nowhere else.
    init(_ facts: Facts, html: String, csrf: String, voice: Voice) {
        id = facts.id.text
        runID = facts.run?.id.text
        agent = facts.agent
        time = voice.time(facts.date)
        self.html = html
        hasText = !html.isEmpty
        attachments = facts.attachments.map { AttachmentView($0, conversation: facts.conversation, voice: voice) }
        hasAttachments = !attachments.isEmpty
        self.csrf = csrf
        meta = facts.metadata.lines(voice: voice)
        run =
            facts.tree.flatMap { RunLine($0, isWhole: facts.isWhole, voice: voice) }
            ?? facts.run.flatMap { RunLine($0, metadata: facts.metadata, voice: voice) }
        failure = Failure(facts, voice: voice)
        versions = VersionsView(facts.versions, current: facts.message, conversation: facts.conversation, csrf: csrf)
        let messages = "/conversations/\(facts.conversation.text)/messages/"
        runAddress = facts.run.map { "/runs/\($0.id.text)" }
        // A child's answer is none of the conversation: it is neither asked for again nor forked.
        let isTurn = facts.run?.parentRunID == nil
        turnForkAddress = isTurn ? runAddress.map { "\($0)/fork" } : nil
        deleteAddress = facts.message.map { "\(messages)\($0.text)/deletion" }
        again = (facts.message ?? facts.run?.userMessageID).flatMap { asked in
            !isTurn
                ? nil
                : facts.choices.map {
                    Again(action: "\(messages)\(asked.text)/regeneration", agents: $0.agents, models: $0.models)
                }
        }
    }
}

extension AnswerView.Failure {
    /// nil when the answer is whole.
    fileprivate init?(_ facts: AnswerView.Facts, voice: Voice) {
        let words = voice.words
        switch facts.run?.state {
        case .failed:
            (kind, icon, title) = ("fail", voice.icons("warn"), words["answer.failed"])
            let key = "failure.\(facts.run?.errorCode ?? "")"
            let reason = words[words.has(key) ? key : "failure.other"]
            text = facts.budget.map { $0.words("failure.budget", voice) + " " + reason } ?? reason
        case .cancelled:
            (kind, icon, title) = ("", voice.icons("stop"), words["answer.stopped"])
            text = facts.metadata.isEmpty ? "" : words["answer.stoppedText"]
        default:
            guard facts.metadata.finishReason == "length" else { return nil }
            (kind, icon, title) = ("", voice.icons("info"), words["answer.cut"])
            (text, retryAddress) = (words["answer.cutText"], nil)
            return
        }
        retryAddress = facts.canRetry ? facts.run.map { "/runs/\($0.id.text)/retry" } : nil
    }
}
