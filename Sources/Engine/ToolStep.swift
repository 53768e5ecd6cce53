import Foundation
import Logging

/// The tool calls of one model answer, done at the same time, each with its result in the log.
struct ToolStep: Sendable {
    let execution: RunExecution
    let writer: RunWriter
    /// The tools that this run may use.
    let allowed: Set<String>
    let policy: ToolPolicy
    let approvals: [String: ToolApproval]
    /// What earlier attempts have left in the log.
    let replay: RunReplay

    private var data: EventData { EventData(run: execution.claimed.run) }
    private var limits: RunLimits { execution.limits }

    /// In the order of the calls. `settled` are outcomes that are known already; `areRepeated` says that an earlier attempt
    /// may have begun the others.
    func perform(
        _ calls: [CheckedCall],
        settled: [String: ToolOutcome] = [:],
        areRepeated: Bool = false
    ) async throws -> [ToolOutcome] {
        var outcomes = [ToolOutcome?](repeating: nil, count: calls.count)
        try await withThrowingTaskGroup(of: (Int, ToolOutcome).self) { group in
            var next = 0
            func begin() {
                guard next < calls.count else { return }
                let (index, call) = (next, calls[next])
                next += 1
                group.addTask { (index, try await outcome(of: call, settled[call.call.id], isRepeated: areRepeated)) }
            }
            for _ in 0..<limits.parallelTools { begin() }
            while let (index, outcome) = try await group.next() {
                outcomes[index] = outcome
                begin()
            }
        }
        return outcomes.compactMap { $0 }
    }

    private func outcome(
        of checked: CheckedCall,
        _ settled: ToolOutcome?,
        isRepeated: Bool
    ) async throws -> ToolOutcome {
        let start = Date()
        var outcome = try await attempt(checked, settled, isRepeated: isRepeated)
        outcome.content = outcome.content.cut(to: limits.toolResultBytes)
        // Colleagues have worked on it since it was called.
        let begin = settled == nil ? start : replay.calledAt[checked.call.id] ?? start
        let seconds = Date().timeIntervalSince(begin)
        try await writer.event(.toolResult, data.toolResult(checked.call, outcome, seconds: seconds))
        return outcome
    }

    private func attempt(
        _ checked: CheckedCall,
        _ settled: ToolOutcome?,
        isRepeated: Bool
    ) async throws -> ToolOutcome {
        let call = checked.call
        guard let tool = checked.tool else { return .badCall(checked.complaint ?? "") }
        // A "no" to this call stands, whatever was allowed for others meanwhile.
        if checked.approval?.isApproved == false {
            try await resolve(call)
            return .failure("The person did not allow this call. Go on without it, or ask what they want instead.")
        }
        if checked.decision == .deny {
            return .failure("The policy of this server does not allow \(call.name). Go on without it.")
        }
        let isEffectful = tool.specification.effect == .effectful
        if isEffectful, isRepeated, replay.mayHaveBegun(call.id) { return .maybeExecuted }
        if checked.approval != nil { try await resolve(call) }
        if let complaint = checked.complaint { return .badCall(complaint) }
        if let settled { return settled }
        if isEffectful { try await writer.stored() }
        return try await run(tool, checked.input)
    }

    private func resolve(_ call: ToolCall) async throws {
        guard let approval = approvals[call.id], !replay.resolved.contains(call.id) else { return }
        try await writer.event(.approvalResolved, data.approvalResolved(approval, toolName: call.name))
    }

    private func run(_ tool: any Tool, _ input: JSONValue) async throws -> ToolOutcome {
        let specification = tool.specification
        do {
            let context = ToolContext(run: execution.claimed.run)
            return .success(try await within(specification.timeLimit) { try await tool.perform(input, in: context) })
        } catch let failure as ToolFailure {
            return .failure(failure.message)
        } catch {
            try Task.checkCancellation()
            execution.logger.error(
                "A tool failed",
                metadata: ["tool": "\(specification.name)", "error": "\(error)"]
            )
            return .failure("The tool failed on the server. Go on without it, or try once more.")
        }
    }

    /// Ends `body` when it takes longer than `limit`.
    private func within(
        _ limit: Duration,
        _ body: @escaping @Sendable () async throws -> String
    ) async throws -> String {
        try await withThrowingTaskGroup(of: String.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: limit)
                throw ToolFailure("The tool took longer than \(limit.components.seconds) seconds and was stopped.")
            }
            defer { group.cancelAll() }
            return try await group.next() ?? ""
        }
    }
}

/// What came of one tool call.
struct ToolOutcome: Sendable, Equatable {
    enum Kind: Sendable, Equatable { case success, failure, badCall, maybeExecuted }

    var kind: Kind
    /// What the model reads.
    var content: String

    var isError: Bool { kind != .success }

    static func success(_ content: String) -> ToolOutcome { ToolOutcome(kind: .success, content: content) }
    static func failure(_ content: String) -> ToolOutcome { ToolOutcome(kind: .failure, content: content) }
    /// The model called it wrongly; nothing was done.
    static func badCall(_ content: String) -> ToolOutcome { ToolOutcome(kind: .badCall, content: content) }

    static let maybeExecuted = ToolOutcome(
        kind: .maybeExecuted,
        content: "The server stopped during this call: it may have been executed. Find out before you call it again."
    )
}

extension String {
    /// At most `limit` bytes, with a word on what is missing.
    fileprivate func cut(to limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var end = utf8.index(startIndex, offsetBy: limit)
        while end > startIndex, end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return "\(self[..<end])\n[\(utf8.count - limit) more bytes are left out]"
    }
}
