import Engine
import Foundation
import Storage

@testable import Web

extension Samples {
    /// A turn whose orchestrator has planned: one colleague has finished, one asks for a person, one has failed and was
    /// tried again.
    func tree(_ state: RunState = .waiting) -> TurnTree {
        let turn = run(state, attempt: 2)
        let isOver = state.isFinal
        var coding = TurnRun(
            run: child(96, of: turn, isOver ? .completed : .waiting, from: 40, to: 60),
            agent: AgentName(name: "coding", displayName: "Coding", isSystemAgent: true),
            task: Samples.hostile,
            startedAt: turn.createdAt.addingTimeInterval(41),
            spend: RunSpend(input: 21_000, output: 400, costs: ["USD": 0.118]),
            events: log(turn.createdAt, codingLog)
        )
        coding.approvals = [
            asked("3", "git_push", #"{"remote":"origin"}"#, in: coding.run, isOver),
            asked("4", "ask_person", Self.question, .question, in: coding.run, isOver),
            asked("5", "send_mail", #"{"to":"ops@harbour.example"}"#, .maybeExecuted, in: coding.run, isOver),
        ]
        let file = TurnRun(
            run: child(97, of: turn, .completed, from: 40, to: 52),
            agent: AgentName(name: "reader", displayName: text("Reader", "阅读者"), isSystemAgent: false),
            task: text("Read the worker’s log", "读工作进程的日志"),
            startedAt: turn.createdAt.addingTimeInterval(40),
            spend: RunSpend(input: 4000, output: 700, costs: ["USD": 0.02, "CNY": 0.1])
        )
        let root = TurnRun(
            run: turn,
            agent: AgentName(name: "orchestrator", displayName: "Orchestrator", isSystemAgent: true),
            startedAt: turn.createdAt,
            spend: RunSpend(input: 9000, output: 800, costs: ["USD": 0.052]),
            events: log(turn.createdAt, planLog)
        )
        return TurnTree(runs: [root, coding, file])
    }

    func asked(
        _ call: String,
        _ tool: String,
        _ input: String,
        _ kind: CallRequest.Kind = .approval,
        in run: Run,
        _ isOver: Bool
    ) -> ApprovalRecord {
        ApprovalRecord(
            runID: run.id,
            conversationID: run.conversationID,
            callID: call,
            toolName: tool,
            toolInput: input,
            kind: kind,
            decision: isOver ? .approved : nil,
            expiresAt: kind == .approval ? nil : voice.now.addingTimeInterval(600),
            createdAt: run.createdAt.addingTimeInterval(10),
            decidedAt: isOver ? run.createdAt.addingTimeInterval(15) : nil
        )
    }

    private func child(_ number: UInt8, of turn: Run, _ state: RunState, from: Double, to: Double) -> Run {
        Run(
            id: id(number),
            organisationID: turn.organisationID,
            userID: turn.userID,
            conversationID: turn.conversationID,
            agentID: id(number + 50),
            userMessageID: turn.userMessageID,
            messageID: id(number + 100),
            state: state,
            attempt: 1,
            createdAt: turn.createdAt.addingTimeInterval(from),
            finishedAt: state.isFinal ? turn.createdAt.addingTimeInterval(to) : nil,
            parentRunID: turn.id,
            rootRunID: turn.id,
            depth: 1
        )
    }

    private func log(_ start: Date, _ entries: [(Double, RunEvent.Kind, String)]) -> [RunEvent] {
        entries.enumerated().map { index, entry in
            RunEvent(
                sequence: Int64(index + 1),
                kind: entry.1,
                data: entry.2,
                timestamp: start.addingTimeInterval(entry.0)
            )
        }
    }

    private var planLog: [(Double, RunEvent.Kind, String)] {
        let tasks = [
            ("a", "coding", "running", id(96).text), ("b", "reader", "completed", id(97).text),
            ("c", "web", "pending", ""), ("d", "file", "skipped", ""), ("e", "file", "failed", ""),
            ("f", "file", "cancelled", ""),
        ].map { id, agent, state, run in
            #"{"id":"\#(id)","title":"Task \#(id)","agent":"\#(agent)","depends_on":[],"state":"\#(state)","run_id":"\#(run)"}"#
        }
        return [
            (0, .runStatus, #"{"state":"running","attempt":1}"#),
            (0, .agentStart, #"{"agent_name":"Assistant"}"#),
            (10, .usage, #"{"step":1,"response_time":9.5,"cost":null}"#),
            (10, .toolCall, #"{"call_id":"h","tool_name":"hand_off","tool_input":"{\"agent\":\"orchestrator\"}"}"#),
            (10, .toolResult, #"{"call_id":"h","success":true,"result":"ok","execution_time":0}"#),
            (10, .runStatus, #"{"state":"queued","reason":"hand_off","attempt":1}"#),
            (12, .runStatus, #"{"state":"running","attempt":1}"#),
            (12, .agentStart, #"{"agent_name":"Orchestrator"}"#),
            (20, .runStatus, #"{"state":"running","reason":"retry: MODEL_TIMEOUT","attempt":1}"#),
            (40, .usage, #"{"step":2,"response_time":18,"cost":0.01}"#),
            (40, .toolCall, #"{"call_id":"p","tool_name":"plan","tool_input":"{}"}"#),
            (40, .planUpdate, #"{"call_id":"p","tasks":[\#(tasks.joined(separator: ","))]}"#),
            (40, .runStatus, #"{"state":"waiting","reason":"child","attempt":1}"#),
        ]
    }

    private var codingLog: [(Double, RunEvent.Kind, String)] {
        [
            (41, .runStatus, #"{"state":"running","attempt":1}"#),
            (44, .usage, #"{"step":1,"response_time":3}"#),
            (44, .toolCall, #"{"call_id":"1","tool_name":"read_file","tool_input":"{\"path\":\"retry.py\"}"}"#),
            (
                44, .toolResult,
                #"{"call_id":"1","success":true,"result":"def delay():\n    return 1","execution_time":0,"result_bytes":70000}"#
            ),
            (44, .toolCall, #"{"call_id":"2","tool_name":"run_command","tool_input":"{\"command\":\"pytest -q\"}"}"#),
            (49, .toolResult, #"{"call_id":"2","success":false,"error":"1 failed","execution_time":5}"#),
            (50, .toolCall, #"{"call_id":"3","tool_name":"git_push","tool_input":"{\"remote\":\"origin\"}"}"#),
            (50, .runStatus, #"{"state":"waiting","reason":"approval","attempt":1}"#),
        ]
    }

    func runPage(_ state: RunState, ofTurn: Bool = false) -> RunView {
        let tree = tree(state)
        let child = ofTurn ? tree : tree.below(id(96)) ?? tree
        let task = TaskContext(
            json: .object([
                "title": .string(Samples.hostile), "goal": .string(Samples.hostile),
                "inputs": .object(["path": .string("retry.py")]), "constraints": .array([.string(Samples.hostile)]),
                "results": .array([.object(["title": .string("a"), "result": .string(Samples.hostile)])]),
            ])
        )
        let told = RunView.Told(
            tree: child,
            parent: tree.runs.first,
            turn: tree.runs.first,
            task: task,
            conversation: "",
            forkedFrom: id(80)
        )
        let item =
            state.isFinal
            ? ThreadItem(answer: answer(child.runs[0].run, html: "<p>x</p>", tree: child))
            : ThreadItem(growing: growing(child.runs[0].run, tree: child))
        return RunView(told, item: item, page: frame(told.title(voice), .conversations), voice: voice)
    }
}
