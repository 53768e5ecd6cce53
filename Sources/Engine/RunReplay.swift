package import Foundation

/// What earlier attempts at a run have finished, read off its log: steps whose model call is complete and whose tool
/// calls are known. They are not done again. Feed it the events in order.
package struct RunReplay: Sendable {
    package struct Step: Sendable, Equatable {
        package var text: String
        package var calls: [ToolCall] = []
        /// By call; a call without one was cut short.
        package var results: [String: Result] = [:]
        /// Of the model call that asked for the tools.
        package var usage: UsageRecord?
        /// Another run did it, and this one began with it.
        package var isCopied = false
    }

    package struct Result: Sendable, Equatable {
        package var content: String
        package var isError: Bool
        /// Seconds that the tool took.
        package var time = 0.0
        /// A person put it in the place of what the tool had said.
        package var isChanged = false
        /// The size of the whole, when `content` is an excerpt.
        package var keptBytes: Int?
    }

    struct Asked: Sendable, Equatable {
        var kind: CallRequest.Kind
        /// The answer is in the log: what it allowed may have begun.
        var isResolved = false
    }

    package private(set) var steps: [Step] = []
    /// Of all model calls that are stored, failed ones too; not of those that another run paid for.
    package private(set) var usage: [UsageRecord] = []
    /// Who was at work after that many steps: another agent may have taken over.
    private(set) var agents: [Int: UUID] = [:]
    /// What a person was asked last, by call.
    private(set) var asked: [String: Asked] = [:]
    /// Messages that came into the run while it was at work.
    private(set) var steered: Set<String> = []
    /// The last of them by how many steps were finished when it came.
    package private(set) var questions: [Int: UUID] = [:]
    /// When each call was made.
    private(set) var calledAt: [String: Date] = [:]
    /// The tasks of each plan, by call, as they were told last.
    private(set) var plans: [String: JSONValue] = [:]
    /// The budgets that earlier attempts have warned of, by id, and what they are called.
    private(set) var warned: [UUID: String] = [:]
    /// Why the model has no tools any more.
    private(set) var withdrawal: ToolLack?
    /// The tools that a call of its own has picked, by agent; none of them for all.
    private(set) var chosenTools: [UUID: [String]] = [:]
    private var text = ""
    /// Bytes of finished steps that a later attempt says again before it goes on.
    private var saidAgain = 0

    package init() {}

    /// What was said after the last step.
    package var rest: String { text }

    /// The answer as far as it is final.
    package var content: String { steps.map(\.text).joined() }

    /// How often one agent has passed the run on to another.
    var handOffs: Int { steps.count { $0.isHandOff } }

    /// How many of the steps are an earlier agent's.
    var stepsBeforeHandOff: Int { steps.lastIndex { $0.isHandOff }.map { $0 + 1 } ?? 0 }

    package mutating func feed(_ event: RunEvent) {
        switch event.kind {
        case .agentStart:
            agents[steps.count] = (event.fields["agent_id"] as? String).flatMap(UUID.init) ?? agents[steps.count]
            text = ""
            saidAgain = content.utf8.count
        case .contentStream: feedText(event)
        case .usage: feedUsage(event)
        case .runStatus: feedStatus(event)
        case .toolCall: feedCall(event)
        case .toolResult: feedResult(event)
        case .planUpdate: feedPlan(event)
        case .messageReceived: feedMessage(event)
        case .approvalRequest: feedRequest(event)
        case .approvalResolved: if let id = event.fields["call_id"] as? String { asked[id]?.isResolved = true }
        default: break
        }
    }

    private mutating func feedText(_ event: RunEvent) {
        guard let delta = event.fields["content_delta"] as? String else { return }
        let skipped = min(saidAgain, delta.utf8.count)
        saidAgain -= skipped
        text += String(decoding: delta.utf8.dropFirst(skipped), as: UTF8.self)
    }

    private mutating func feedUsage(_ event: RunEvent) {
        let fields = event.fields
        let (record, isCopied) = (UsageRecord(fields), fields["copied"] as? Bool == true)
        if let record, !isCopied { usage.append(record) }
        if let names = fields["chosen_tools"] as? [String], !isCopied,
            let agent = (fields["agent_id"] as? String).flatMap(UUID.init)
        {
            chosenTools[agent] = names
        }
        guard fields["step"] is Int else { return }
        steps.append(Step(text: text, usage: record, isCopied: isCopied))
        agents[steps.count] = (fields["agent_id"] as? String).flatMap(UUID.init)
        text = ""
    }

    private mutating func feedStatus(_ event: RunEvent) {
        if event.data.contains(ToolLack.withdrawal), let reason = event.fields["reason"] as? String,
            reason.hasPrefix(ToolLack.withdrawal)
        {
            withdrawal = ToolLack(rawValue: String(reason.dropFirst(ToolLack.withdrawal.count)))
            return
        }
        let prefix = "budget_warning: "
        guard event.data.contains(prefix), let budget = event.fields["budget"] as? [String: Any],
            let reason = event.fields["reason"] as? String, reason.hasPrefix(prefix),
            let id = (budget["budget_id"] as? String).flatMap(UUID.init)
        else { return }
        warned[id] = String(reason.dropFirst(prefix.count))
    }

    private mutating func feedCall(_ event: RunEvent) {
        let fields = event.fields
        guard !steps.isEmpty, let id = fields["call_id"] as? String, let name = fields["tool_name"] as? String else {
            return
        }
        calledAt[id] = event.timestamp
        steps[steps.count - 1].calls.append(ToolCall(id: id, name: name, arguments: Self.text(fields["tool_input"])))
    }

    private mutating func feedMessage(_ event: RunEvent) {
        let fields = event.fields
        guard fields["steers"] as? Bool == true, let id = fields["user_message_id"] as? String else { return }
        steered.insert(id)
        questions[steps.count] = UUID(uuidString: id)
    }

    private mutating func feedRequest(_ event: RunEvent) {
        let fields = event.fields
        guard let id = fields["call_id"] as? String else { return }
        asked[id] = Asked(kind: (fields["kind"] as? String).flatMap(CallRequest.Kind.init) ?? .approval)
    }

    private mutating func feedPlan(_ event: RunEvent) {
        guard let data = try? JSONValue(parsing: event.data), let call = data["call_id"]?.string else { return }
        plans[call] = data["tasks"]
    }

    private mutating func feedResult(_ event: RunEvent) {
        let fields = event.fields
        guard let id = fields["call_id"] as? String,
            let place = steps.lastIndex(where: { $0.calls.contains { $0.id == id } })
        else { return }
        let isError = (fields["success"] as? Bool) != true
        let content = fields[isError ? "error" : "result"] as? String ?? ""
        steps[place].results[id] = Result(
            content: content,
            isError: isError,
            time: fields["execution_time"] as? Double ?? 0,
            isChanged: fields["changed"] as? Bool == true,
            keptBytes: fields["result_bytes"] as? Int
        )
    }

    /// Arguments as the model wrote them, or the same as JSON.
    private static func text(_ input: Any?) -> String {
        guard let input, !(input is NSNull) else { return "" }
        if let text = input as? String { return text }
        let data = try? JSONSerialization.data(withJSONObject: input, options: [.sortedKeys, .withoutEscapingSlashes])
        return data.map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}

extension RunReplay.Step {
    fileprivate var isHandOff: Bool {
        calls.contains { $0.name == TeamTool.handOff.rawValue && results[$0.id]?.isError == false }
    }

    /// Those that were cut short, in the order in which they were made.
    var unfinished: [ToolCall] { calls.filter { results[$0.id] == nil } }

    /// The step as the model is to see it.
    var messages: [ModelMessage] {
        [.assistant(text: text.trimmed, toolCalls: calls)]
            + calls.compactMap { call in
                results[call.id].map {
                    .toolResult(callID: call.id, toolName: call.name, content: $0.content, isError: $0.isError)
                }
            }
    }
}

extension RunEvent {
    fileprivate var fields: [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(data.utf8)) as? [String: Any]) ?? [:]
    }
}

extension UsageRecord {
    /// What a `usage` event says of a call; nil when it is not one.
    fileprivate init?(_ fields: [String: Any]) {
        guard let name = fields["model"] as? String, let tokens = fields["tokens"] as? [String: Any] else { return nil }
        func count(_ key: String) -> Int { tokens[key] as? Int ?? 0 }
        self.init(
            modelID: UUID(),
            modelName: name,
            tokens: TokenUsage(
                input: count("prompt_tokens"),
                output: count("completion_tokens"),
                cached: count("cached_tokens")
            ),
            cost: (fields["cost"] as? NSNumber).flatMap { Decimal(string: $0.stringValue) },
            currency: fields["currency"] as? String,
            responseTime: fields["response_time"] as? Double ?? 0,
            succeeded: true
        )
    }
}

extension String {
    /// Without white space at both ends.
    package var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
