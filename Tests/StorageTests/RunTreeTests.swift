import Engine
import Foundation
import Postgres
import Storage
import Testing

/// Runs that ask for others.
@Suite struct RunTreeTests {
    let silence = Duration.seconds(10)

    func child(of parent: Run, _ key: String, agent: UUID = Agent.assistantID) -> NewChild {
        NewChild(
            run: Run(
                id: .v7(),
                organisationID: parent.organisationID,
                userID: parent.userID,
                conversationID: parent.conversationID,
                agentID: agent,
                userMessageID: parent.userMessageID,
                messageID: .v7(),
                state: .queued,
                attempt: 0,
                createdAt: Date(),
                parentRunID: parent.id,
                rootRunID: parent.rootRunID,
                depth: parent.depth + 1
            ),
            key: key,
            task: TaskContext(json: .object(["title": .string(key), "goal": .string("do it")]))
        )
    }

    func rest(
        _ claimed: ClaimedRun,
        children: [NewChild] = [],
        awaited: [UUID] = [],
        successor: UUID? = nil
    ) -> SuspendedRun {
        let data = EventData(run: claimed.run).runStatus(.waiting, attempt: claimed.run.attempt)
        let event = RunEvent(sequence: claimed.lastSequence + 1, kind: .runStatus, data: data, timestamp: Date())
        return SuspendedRun(
            run: claimed.run,
            epoch: claimed.epoch,
            events: [event],
            usage: [],
            children: children,
            awaited: awaited,
            successor: successor
        )
    }

    @Test func whatHasBegunIsFinishedBeforeNewTurns() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let parent = try await store.claimedRun(by: ada.principal)
            let later = try await store.queuedRun(by: ada.principal)
            let child = child(of: parent.run, "c/a")
            #expect(try await store.suspend(rest(parent, children: [child])))
            let next = try await store.claim(worker: .v7(), limit: 1, silence: silence)
            #expect(next.map(\.run.id) == [child.run.id])
            #expect(try await store.finish(next[0].outcome("done", after: 2)))
            let last = try await store.claim(worker: .v7(), limit: 2, silence: silence)
            #expect(last.map(\.run.id) == [parent.run.id, later.id])
        }
    }

    @Test func childrenComeWithTheRestAndTheirEndsWakeTheParent() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let worker = UUID.v7()
            let parent = try await store.claimedRun(worker: worker, by: ada.principal)
            let children = [child(of: parent.run, "c/a"), child(of: parent.run, "c/b")]
            #expect(try await store.suspend(rest(parent, children: children)))
            // The answer to the first one may have got lost.
            #expect(try await store.suspend(rest(parent, children: children)))
            #expect(try await store.run(parent.run.id, by: ada.principal)?.state == .waiting)
            #expect(
                try await store.activeRuns(in: parent.run.conversationID, by: ada.principal).map(\.id) == [
                    parent.run.id
                ]
            )

            let claimed = try await store.claim(worker: worker, limit: 10, silence: silence)
            #expect(Set(claimed.map(\.run.id)) == Set(children.map(\.run.id)))
            #expect(
                claimed.allSatisfy { $0.run.depth == 1 && $0.run.rootRunID == parent.run.id && $0.lastSequence == 2 }
            )
            let brief = try await store.brief(for: claimed[0])
            #expect(brief.task?.prompt.contains("do it") == true)

            #expect(try await store.finish(claimed[0].outcome("one", after: 2)))
            let again = try #require(try await store.claim(worker: worker, limit: 10, silence: silence).first)
            #expect(again.run.id == parent.run.id)
            #expect(again.run.attempt == 1)
            let told = try await store.brief(for: again)
            #expect(told.children.map(\.state).sorted { $0.rawValue < $1.rawValue } == [.completed, .running])
            #expect(told.children.first { $0.state == .completed }?.result == "one")
            #expect(told.team.size == 3)

            // The other one ends while the parent works: it does not rest then.
            #expect(try await store.finish(claimed[1].outcome("two", after: 2)))
            #expect(try await store.suspend(rest(again, awaited: [claimed[1].run.id])))
            #expect(try await store.run(parent.run.id, by: ada.principal)?.state == .queued)
            // What a child says is no message of the conversation.
            let messages = try await store.messages(
                in: parent.run.conversationID,
                before: nil,
                limit: 10,
                by: ada.principal
            )
            #expect(messages?.count == 1)
        }
    }

    @Test func aRunKnowsAllWhoWaitForItHoweverFarAbove() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let expert = try await database.agent(of: ada)
            let turn = try await store.claimedRun(by: ada.principal)
            #expect(try await store.brief(for: turn).team.lineage == [Agent.assistantID])
            #expect(try await store.suspend(rest(turn, children: [child(of: turn.run, "c/a", agent: expert)])))
            let task = try #require(try await store.claim(worker: .v7(), limit: 5, silence: silence).first)
            let below = child(of: task.run, "c/b", agent: Agent.orchestratorID)
            #expect(try await store.suspend(rest(task, children: [below])))
            let last = try #require(try await store.claim(worker: .v7(), limit: 5, silence: silence).first)
            #expect(last.run.id == below.run.id && last.run.depth == 2)
            // It could ask everybody, but for the two who wait for its very answer.
            let team = try await store.brief(for: last).team
            #expect(team.lineage == [Agent.orchestratorID, expert, Agent.assistantID])
            #expect(Set(team.colleagues.map(\.id)).isSuperset(of: [expert, Agent.assistantID]))
        }
    }

    @Test func whatTheOthersOfATurnHaveUsedIsTold() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let turn = try await store.claimedRun(by: ada.principal)
            #expect(try await store.tokens(besides: turn.run) == 0)
            var resting = rest(turn, children: [child(of: turn.run, "c/a"), child(of: turn.run, "c/b")])
            func used(_ input: Int, _ output: Int) -> UsageRecord {
                let tokens = TokenUsage(input: input, output: output)
                return UsageRecord(modelID: .v7(), modelName: "m", tokens: tokens, responseTime: 1, succeeded: true)
            }
            resting.usage = [used(10, 1)]
            #expect(try await store.suspend(resting))
            let children = try await store.claim(worker: .v7(), limit: 5, silence: silence)
            var end = children[0].outcome("done", after: 2)
            end.usage = [used(200, 20), used(3000, 0)]
            #expect(try await store.finish(end))
            // Each is told of the others, and counts its own itself.
            #expect(try await store.tokens(besides: children[1].run) == 3231)
            let again = try #require(try await store.claim(worker: .v7(), limit: 5, silence: silence).first)
            #expect(again.run.id == turn.run.id)
            #expect(try await store.tokens(besides: again.run) == 3220)
        }
    }

    /// A colleague who was switched off after the plan: the task is not lost, the assistant does it, and its log says so.
    @Test func aTaskOfAColleagueWhoWasSwitchedOffIsDoneByAnother() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let expert = try await database.agent(of: ada)
            let turn = try await store.claimedRun(by: ada.principal)
            let task = child(of: turn.run, "c/a", agent: expert)
            #expect(try await store.suspend(rest(turn, children: [task])))
            try await database.administrator.query("update agents set status = 'disabled' where agent_id = \(expert)")
            let claimed = try #require(try await store.claim(worker: .v7(), limit: 5, silence: silence).first)
            #expect(claimed.run.id == task.run.id)
            #expect(claimed.isAgentReplaced && claimed.run.agentID == Agent.assistantID)
            let brief = try await store.brief(for: claimed)
            #expect(brief.agentName == "Assistant" && brief.task?.title == "c/a")
            // The plan finds its task by its key, whoever has done it.
            #expect(try await store.finish(claimed.outcome("done", after: 2)))
            let again = try #require(try await store.claim(worker: .v7(), limit: 5, silence: silence).first)
            let children = try await store.brief(for: again).children
            #expect(children.map(\.key) == ["c/a"] && children.map(\.result) == ["done"])
        }
    }

    @Test func noEndIsMissedHoweverManyComeAtOnce() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let worker = UUID.v7()
            var parent = try await store.claimedRun(worker: worker, by: ada.principal)
            let children = (1...12).map { child(of: parent.run, "c/\($0)") }
            #expect(try await store.suspend(rest(parent, children: children)))
            let claimed = try await store.claim(worker: worker, limit: 20, silence: silence)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for one in claimed { group.addTask { _ = try await store.finish(one.outcome("x", after: 2)) } }
                var wakes = 0
                // The parent wakes and rests until it has seen all of them.
                while true {
                    guard let next = try await store.claim(worker: worker, limit: 1, silence: silence).first else {
                        await Task.yield()
                        continue
                    }
                    wakes += 1
                    parent = next
                    let open = try await store.brief(for: parent).children.filter { !$0.state.isFinal }
                    if open.isEmpty { break }
                    #expect(try await store.suspend(rest(parent, awaited: open.map(\.run))))
                }
                #expect(wakes <= 12)
                try await group.waitForAll()
            }
        }
    }

    @Test func anotherAgentGoesOn() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let worker = UUID.v7()
            let claimed = try await store.claimedRun(worker: worker, by: ada.principal)
            #expect(try await store.suspend(rest(claimed, successor: Agent.orchestratorID)))
            let again = try #require(try await store.claim(worker: worker, limit: 10, silence: silence).first)
            #expect(again.run.id == claimed.run.id)
            #expect(again.run.agentID == Agent.orchestratorID)
            let brief = try await store.brief(for: again)
            #expect(brief.agentName == "Orchestrator")
            // It leads all that its person can see.
            #expect(Set(brief.team.colleagues.map(\.name)) == ["assistant", "coding", "web", "file"])
        }
    }

    @Test func strangersSeeNoChild() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (ada, bob) = (try await store.person("ada"), try await store.person("bob"))
            let parent = try await store.claimedRun(by: ada.principal)
            let mine = child(of: parent.run, "c/a")
            #expect(try await store.suspend(rest(parent, children: [mine])))
            #expect(try await store.run(mine.run.id, by: ada.principal)?.parentRunID == parent.run.id)
            #expect(try await store.run(mine.run.id, by: bob.principal) == nil)
            #expect(try await store.events(of: mine.run.id, after: 0, limit: 5, by: bob.principal) == nil)
            #expect(try await store.requestCancellation(of: mine.run.id, by: bob.principal) == nil)
            #expect(try await store.tree(of: parent.run, by: bob.principal) == nil)
            #expect(try await store.trees(of: [parent.run.id], by: bob.principal).isEmpty)
            #expect(try await store.children(of: parent.run.id, by: bob.principal) == nil)
            #expect(try await store.task(of: mine.run.id, by: bob.principal) == nil)
        }
    }
}

extension Sequence where Element: Sendable {
    func asyncMap<Result>(_ transform: (Element) async throws -> Result) async throws -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
