import Engine
import Foundation

/// A turn as its events tell it: what its person is to see of it, in order. Events of other turns say nothing. Feed it the
/// events in order.
struct TurnStory: Sendable {
    enum Telling: Sendable, Equatable {
        /// New words of the answer.
        case words(String)
        /// Something that happens on the way to it.
        case progress(String)
        /// A person has to say something.
        case asks(AskedCall)
    }

    let root: String
    private(set) var state = RunState.queued
    /// Why it failed, as the log says it.
    private(set) var failure: String?
    private var told = ToldText()
    private var final: String?
    /// Who works for the turn, by run.
    private var names: [String: String] = [:]
    private var plans: [String: String] = [:]

    init(root: String) { self.root = root }

    /// The answer: whole, or as far as it has come.
    var answer: String { final ?? told.text }

    /// Whether words were told that the answer does not have.
    var isRewritten: Bool { told.isShorter }

    mutating func feed(_ event: StreamedEvent) -> [Telling] {
        if event.type == "agent_start" { return begin(event) }
        guard event.run == root || names[event.run] != nil else { return [] }
        switch event.type {
        case "content_stream": return words(event)
        case "message_complete":
            if event.run == root { final = event.data["final_content"]?.string }
            return []
        case "run_status": return status(event)
        case "plan_update": return plan(event)
        case "tool_call": return call(event)
        case "tool_result": return result(event)
        case "approval_request": return AskedCall(event.data).map { [.asks($0)] } ?? []
        case "approval_resolved": return resolved(event)
        case "error": return failed(event)
        default: return []
        }
    }

    private mutating func begin(_ event: StreamedEvent) -> [Telling] {
        let name = event.data["agent_name"]?.string ?? "Agent"
        let known = names[event.run]
        if event.run == root {
            told.begin()
            names[root] = name
            return known == nil || known == name ? [] : [.progress("\(name) takes over")]
        }
        guard let parent = event.data["parent_run_id"]?.string, parent == root || names[parent] != nil else {
            return []
        }
        names[event.run] = name
        guard known == nil else { return [] }
        return [.progress("\(name): \(event.data["task"]?.string ?? "begins")")]
    }

    private mutating func words(_ event: StreamedEvent) -> [Telling] {
        guard event.run == root, let delta = event.data["content_delta"]?.string else { return [] }
        let new = told.add(delta)
        return new.isEmpty ? [] : [.words(new)]
    }

    private mutating func status(_ event: StreamedEvent) -> [Telling] {
        let reason = event.data["reason"]?.string
        guard let state = event.state else { return [] }
        if event.run == root { self.state = state }
        if state.isFinal { return [] }
        if state == .paused { return [.progress(line(event, "paused"))] }
        // What a queue or a wait is for is told where it matters to the person.
        guard state == .running, let reason else { return [] }
        return [.progress(line(event, reason))]
    }

    private mutating func plan(_ event: StreamedEvent) -> [Telling] {
        let tasks = event.data["tasks"]?.array ?? []
        let done = tasks.count { $0["state"]?.string == "completed" }
        let running = tasks.filter { $0["state"]?.string == "running" }.compactMap { $0["title"]?.string }
        let failed = tasks.filter { $0["state"]?.string == "failed" }.compactMap { $0["title"]?.string }
        var text = "plan: \(done) of \(tasks.count) done"
        if !running.isEmpty { text += ", at work on \(running.joined(separator: ", "))" }
        if !failed.isEmpty { text += ", failed: \(failed.joined(separator: ", "))" }
        let call = event.data["call_id"]?.string ?? ""
        guard plans[call] != text else { return [] }
        plans[call] = text
        return [.progress(line(event, text))]
    }

    private func call(_ event: StreamedEvent) -> [Telling] {
        guard let tool = event.data["tool_name"]?.string, !Self.isToldOtherwise(tool) else { return [] }
        return [.progress(line(event, "→ \(tool) \(event.data["tool_input"]?.text ?? "")"))]
    }

    private func result(_ event: StreamedEvent) -> [Telling] {
        guard let tool = event.data["tool_name"]?.string else { return [] }
        guard event.data["success"]?.bool == true else {
            return [.progress(line(event, "✗ \(tool): \(event.data["error"]?.string ?? "failed")"))]
        }
        if Self.isToldOtherwise(tool) { return [] }
        let time = event.data["execution_time"]?.decimal.map { " \($0) s" } ?? ""
        return [.progress(line(event, "✓ \(tool)\(event.data["cached"]?.bool == true ? " (known)" : time)"))]
    }

    private func resolved(_ event: StreamedEvent) -> [Telling] {
        let decision = event.data["decision"]?.string ?? "answered"
        let answer = event.data["answer"]?.string.map { ": \($0)" } ?? ""
        return [.progress(line(event, "\(decision): \(event.data["tool_name"]?.string ?? "")\(answer)"))]
    }

    private mutating func failed(_ event: StreamedEvent) -> [Telling] {
        let code = event.data["error_code"]?.string ?? "RUN_FAILED"
        let message = event.data["error_message"]?.string ?? "The run failed."
        guard event.run == root else { return [.progress(line(event, "✗ \(message) (\(code))"))] }
        failure = "\(message) (\(code))"
        return []
    }

    /// A colleague's line begins with its name.
    private func line(_ event: StreamedEvent, _ text: String) -> String {
        event.run == root ? text : "\(names[event.run] ?? ""): \(text)"
    }

    /// Plans, tasks and questions have lines of their own.
    private static func isToldOtherwise(_ tool: String) -> Bool {
        tool == PersonQuestion.toolName || ToolCatalogue.teamTools.contains { $0.name == tool }
    }
}
