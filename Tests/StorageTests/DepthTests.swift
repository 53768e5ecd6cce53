import Engine
import Foundation
import Logging
import Postgres
import Storage
import Testing

/// Agents that ask each other, one below the other, with a real database and the engine itself.
@Suite(.timeLimit(.minutes(2))) struct DepthTests {
    /// Everybody asks the next one; whoever has been answered passes it on.
    private struct Askers: ModelSource {
        func model(named name: String, at endpoint: ProviderEndpoint) -> any Model { Asker() }
        func probe(_ endpoint: ProviderEndpoint) async -> ProbeResult { ProbeResult(latency: 0, models: []) }
        func discover() async -> [DiscoveredProvider] { [] }
    }

    private struct Asker: Model {
        func answer(_ request: ModelRequest, receive: @Sendable (ModelPiece) async throws -> Void) async throws {
            switch request.messages.last {
            case .toolResult(_, _, let content, _): return try await receive(.text("told: \(content)"))
            // Whoever has no tools is told in words.
            case .user(let words, _) where words.hasPrefix("[result of"):
                return try await receive(.text("told: \(words)"))
            default: break
            }
            // Those who may ask nobody try all the same.
            let next = request.instruction.firstMatch(of: /- (a[0-9]):/).map { String($0.1) } ?? "a5"
            let input = #"{"title":"t","agent":"\#(next)","goal":"g"}"#
            try await receive(.toolCall(ToolCall(id: "d", name: "delegate", arguments: input)))
        }
    }

    @Test func whoeverStandsThreeDeepAsksNobodyAnyMore() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            _ = try await store.chatModel(by: ada.principal)
            var agents: [UUID] = []
            for number in 1...5 {
                let id = UUID.v7()
                agents.append(id)
                try await database.administrator.query(
                    """
                    insert into agents (agent_id, org_id, user_id, name, display_name, instruction, team)
                    values (
                        \(id), \(ada.organisationID), \(ada.id), \("a\(number)"), \("a\(number)"), 'Ask.',
                        \(#"["a\#(number + 1)"]"#)::jsonb
                    )
                    """
                )
            }
            let (hub, first) = (EventHub(), agents[0])
            var limits = RunLimits()
            limits.writesInBackground = false
            let worker = Worker(
                journal: store,
                models: Askers(),
                hub: hub,
                capacity: 10,
                limits: limits,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            let work = Task { await worker.run() }
            defer { work.cancel() }
            let talk = try await store.createConversation(title: nil, by: ada.principal)
            let input = TurnInput(conversationID: talk.id, content: "Go", agentID: first)
            let run = try #require(try await store.startTurn(input, by: ada.principal)).run
            worker.wake()
            for try await _ in hub.watch(run: run.id, after: 0, from: store) {}
            let runs = try await database.administrator.query(
                "select depth, state, agent_id, result from runs where root_run_id = \(run.id) order by depth"
            )
            #expect(try runs.map { try $0.get("depth", as: Int.self) } == [0, 1, 2, 3])
            #expect(try runs.map { try $0.get("agent_id", as: UUID.self) } == Array(agents.prefix(4)))
            #expect(try runs.allSatisfy { try $0.get("state", as: String.self) == "completed" })
            let refusal = try #require(try runs[3].get("result", as: String?.self))
            #expect(refusal.contains("There is no tool called delegate"))
            let answer = try await store.message(run.messageID, in: talk.id, by: ada.principal)
            #expect(answer?.content.contains(refusal) == true)
            work.cancel()
            await work.value
        }
    }
}
