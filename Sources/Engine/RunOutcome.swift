package import Foundation

/// Events of one run that go into the log together. Their sequence numbers follow those already stored without a gap.
package struct EventBatch: Sendable {
    package var run: UUID
    package var epoch: Int64
    package var events: [RunEvent]
    /// The run's state after these events, when they change it.
    package var state: RunState?
    /// The model calls that these events tell of.
    package var usage: [UsageRecord]
    /// The tool calls whose results are among these events.
    package var toolCalls: [ToolCallRecord]

    package init(
        run: UUID,
        epoch: Int64,
        events: [RunEvent],
        state: RunState? = nil,
        usage: [UsageRecord] = [],
        toolCalls: [ToolCallRecord] = []
    ) {
        self.run = run
        self.epoch = epoch
        self.events = events
        self.state = state
        self.usage = usage
        self.toolCalls = toolCalls
    }
}

/// How a run ended.
package struct RunOutcome: Sendable {
    package var run: Run
    package var epoch: Int64
    /// The last events, `run_status` with the final state at the end.
    package var events: [RunEvent]
    /// `completed`, `failed` or `cancelled`.
    package var state: RunState
    /// The answer: whole, or as far as it came.
    package var content: String
    /// `model_metadata` of the message, a JSON object: model, provider, usage, response_time, finish_reason.
    package var metadata: String
    /// One for each model call that was made and is not stored yet.
    package var usage: [UsageRecord]
    /// The tool calls whose results are among the events.
    package var toolCalls: [ToolCallRecord]
    package var errorCode: String?
    /// Of a run that failed: why, in words.
    package var errorMessage: String?
    /// Whether it may have asked colleagues, who may be at work still.
    package var mayHaveChildren: Bool
    /// What is to be written about the conversation now.
    package var writing: Writing

    package init(
        run: Run,
        epoch: Int64,
        events: [RunEvent],
        state: RunState,
        content: String,
        metadata: String,
        usage: [UsageRecord],
        toolCalls: [ToolCallRecord] = [],
        errorCode: String? = nil,
        errorMessage: String? = nil,
        mayHaveChildren: Bool = false,
        writing: Writing = []
    ) {
        self.run = run
        self.epoch = epoch
        self.events = events
        self.state = state
        self.content = content
        self.metadata = metadata
        self.usage = usage
        self.toolCalls = toolCalls
        self.errorCode = errorCode
        self.errorMessage = errorMessage
        self.mayHaveChildren = mayHaveChildren
        self.writing = writing
    }
}
