import Foundation

@testable import Engine

/// What the tests of teams share: a lead with two colleagues, each model a closure.
enum TeamShop {
    static let coder = Colleague(id: .v7(), name: "coder", displayName: "Coder", description: "Writes code.")
    static let writer = Colleague(id: .v7(), name: "writer", displayName: "Writer", capabilities: ["prose"])

    /// A lead with two colleagues; each model is a closure.
    static func open(
        journal: MemoryJournal = MemoryJournal(),
        lead: @escaping StubModels.Answer,
        coder: @escaping StubModels.Answer = { _, receive in try await receive(.text("code")) },
        writer: @escaping StubModels.Answer = { _, receive in try await receive(.text("prose")) },
        limits: RunLimits = .quick
    ) -> Workshop {
        let models = StubModels(["lead": lead, "coder": coder, "writer": writer])
        let shop = Workshop(journal: journal, models: models, limits: limits)
        for colleague in [Self.coder, Self.writer] {
            var brief = RunBrief.sample("", candidates: [colleague.name])
            brief.agentName = colleague.displayName
            journal.employ(colleague.id, brief: brief)
        }
        return shop
    }

    static func ask(_ shop: Workshop, team: [Colleague] = [coder, writer]) -> Run {
        let run = Run.sample()
        var brief = RunBrief.sample("Do it all", candidates: ["lead"])
        brief.team = Team(colleagues: team, lineage: [run.agentID])
        shop.journal.enqueue(run, brief: brief)
        shop.worker.wake()
        return run
    }

    static func plan(_ tasks: String) -> ToolCall {
        ToolCall(id: "p", name: "plan", arguments: #"{"tasks":[\#(tasks)]}"#)
    }

    static func task(_ id: String, _ agent: String, needs: [String] = []) -> String {
        let needed = needs.map { "\"\($0)\"" }.joined(separator: ",")
        return #"{"id":"\#(id)","title":"T \#(id)","agent":"\#(agent)","goal":"do \#(id)","depends_on":[\#(needed)]}"#
    }
}

extension ModelRequest {
    var results: [String] {
        messages.compactMap { if case .toolResult(_, _, let content, _) = $0 { content } else { nil } }
    }

    /// All that was said in the person's place.
    var prompt: String {
        messages.compactMap { if case .user(let text, _) = $0 { text } else { nil } }.joined(separator: "\n")
    }
}

extension RunEvent {
    func tasks(_ field: String) -> [String] {
        let tasks = (try? JSONValue(parsing: data))?["tasks"]?.array ?? []
        return tasks.compactMap { $0[field]?.string }
    }
}
