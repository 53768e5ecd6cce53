package import Foundation

/// One tool call as it is audited, written together with the event that tells its result.
package struct ToolCallRecord: Sendable, Equatable {
    /// What let the call go, or did not. The raw values are `tool_calls.decision`.
    package enum Decision: String, Sendable, CaseIterable {
        /// The policy let it go, nobody was asked.
        case allowed
        /// A person was asked, and let it go; or answered what was the tool's to ask.
        case approved, answered
        /// A crash cut it short, and a person let it be done again, or took it as done.
        case again, done
        /// A person did not let it go, or nobody said anything in time.
        case denied, expired
        /// The policy did not let it go.
        case refused
        /// The model called it wrongly.
        case invalid
    }

    package var callID: String
    package var toolName: String
    /// JSON: as it was done, with what a person changed.
    package var input: String
    /// The whole, of which the log may have an excerpt; the store keeps its digest.
    package var result: String
    package var decision: Decision
    package var succeeded: Bool
    /// It is what the same call has brought before.
    package var isCached: Bool
    /// Of the call itself.
    package var seconds: Double
    package var calledAt: Date

    package init(
        callID: String,
        toolName: String,
        input: String,
        result: String,
        decision: Decision,
        succeeded: Bool,
        isCached: Bool = false,
        seconds: Double,
        calledAt: Date
    ) {
        self.callID = callID
        self.toolName = toolName
        self.input = input
        self.result = result
        self.decision = decision
        self.succeeded = succeeded
        self.isCached = isCached
        self.seconds = seconds
        self.calledAt = calledAt
    }
}

extension CheckedCall {
    /// As it is written down once it is over.
    func record(_ outcome: ToolOutcome, whole: String, seconds: Double, at begin: Date) -> ToolCallRecord {
        ToolCallRecord(
            callID: call.id,
            toolName: call.name,
            input: input == .null ? call.input : input.text,
            result: whole,
            decision: decided,
            succeeded: !outcome.isError,
            isCached: outcome.isCached,
            seconds: seconds,
            calledAt: begin
        )
    }

    private var decided: ToolCallRecord.Decision {
        switch answer?.decision {
        case .denied, .stop: return .denied
        case .expired: return .expired
        case .done: return .done
        case .again where complaint == nil: return .again
        case .approved where complaint == nil && decision != .deny: return .approved
        case .answered where complaint == nil && decision != .deny: return .answered
        default: return decision == .deny ? .refused : complaint == nil ? .allowed : .invalid
        }
    }
}

extension Rest.HandOff {
    /// Passing the conversation on takes no time.
    var record: ToolCallRecord {
        ToolCallRecord(
            callID: call.id,
            toolName: call.name,
            input: call.input,
            result: outcome.content,
            decision: .allowed,
            succeeded: !outcome.isError,
            seconds: 0,
            calledAt: Date()
        )
    }
}
