package import Foundation

/// One record of a run's log: stored once, sent as it is. Its place in the log is `sequence`, dense from 1.
package struct RunEvent: Sendable, Equatable {
    package var sequence: Int64
    package var kind: Kind
    /// A JSON object, kept byte for byte.
    package var data: String
    package var timestamp: Date

    package init(sequence: Int64, kind: Kind, data: String, timestamp: Date) {
        self.sequence = sequence
        self.kind = kind
        self.data = data
        self.timestamp = timestamp
    }

    /// The event names of the protocol, in the order in which a run meets them.
    package enum Kind: String, Sendable, CaseIterable {
        case runStatus = "run_status"
        case messageReceived = "message_received"
        case agentStart = "agent_start"
        case planUpdate = "plan_update"
        case contentStream = "content_stream"
        case toolCall = "tool_call"
        case toolProgress = "tool_progress"
        case toolResult = "tool_result"
        case approvalRequest = "approval_request"
        case approvalResolved = "approval_resolved"
        case usage
        case messageComplete = "message_complete"
        case error
    }

    /// The record as it goes over the wire: `{"type","data","timestamp"}`.
    package var json: String {
        "{\"type\":\"\(kind.rawValue)\",\"data\":\(data),\"timestamp\":\"\(timestamp.iso8601Milliseconds)\"}"
    }
}
