package import Foundation

/// What a run asks its person before a call goes on.
package struct CallRequest: Sendable, Equatable {
    /// The raw values are `tool_approvals.kind`.
    package enum Kind: String, Sendable, CaseIterable {
        /// May it be done?
        case approval
        /// The call is itself a question.
        case question
        /// A crash cut the call short, and nobody knows whether it was done.
        case maybeExecuted = "maybe_executed"
    }

    package var call: ToolCall
    package var kind: Kind
    /// When the call is taken for refused; nil waits for ever.
    package var expiresAt: Date?
    /// Whether nobody has been asked this before.
    package var isNew: Bool

    package init(_ call: ToolCall, _ kind: Kind = .approval, expiresAt: Date? = nil, isNew: Bool = true) {
        self.call = call
        self.kind = kind
        self.expiresAt = expiresAt
        self.isNew = isNew
    }
}

/// What a person said to one, or that nobody did in time.
package struct CallAnswer: Sendable, Equatable {
    /// The raw values are `tool_approvals.state`.
    package enum Decision: String, Sendable, CaseIterable {
        /// Of an approval; `denied` of a question too: the person does not want to answer.
        case approved, denied
        case answered
        /// Of a call that may have been executed: do it once more, take it as done, or stop the run.
        case again, done, stop
        /// Nobody answered in time.
        case expired

        /// What a person may say to a request of this kind.
        package static func choices(for kind: CallRequest.Kind) -> [Decision] {
            switch kind {
            case .approval: [.approved, .denied]
            case .question: [.answered, .denied]
            case .maybeExecuted: [.again, .done, .stop]
            }
        }

        /// Whether the call is done because of it.
        var letsGo: Bool { self == .approved || self == .answered || self == .again }
    }

    package var callID: String
    package var kind: CallRequest.Kind
    package var decision: Decision
    /// The answer to a question, or a note on what was done.
    package var text: String?
    /// The input as the person changed it, a JSON object; nil as the model wrote it.
    package var editedInput: String?
    /// nil when nobody answered.
    package var decidedBy: UUID?
    package var decidedAt: Date

    package init(
        callID: String,
        kind: CallRequest.Kind = .approval,
        decision: Decision,
        text: String? = nil,
        editedInput: String? = nil,
        decidedBy: UUID?,
        decidedAt: Date
    ) {
        self.callID = callID
        self.kind = kind
        self.decision = decision
        self.text = text
        self.editedInput = editedInput
        self.decidedBy = decidedBy
        self.decidedAt = decidedAt
    }
}
