import Engine
import Foundation
import Storage

/// The page of one run, a turn's or a child's: what it was to do, how it goes, what came of it.
struct RunView: View {
    static let template = "run"

    let page: Frame
    let title: String
    let conversation: String
    let conversationAddress: String
    let parents: [Parent]
    let state: StateView
    let facts: [Fact]
    let canStop: Bool
    let stopAddress: String
    let requestsAddress: String
    /// Nil for a run that cannot be forked: a task's, or one that has not ended.
    let forkAddress: String?
    /// Of a task in a turn that has ended: where the whole turn is forked.
    let wholeForkAddress: String?
    let originalAddress: String?
    let compareAddress: String?
    let task: TaskView?
    let items: [ThreadItem]

    /// The run that asked for this one, if one did.
    struct Parent: Sendable {
        let address: String
        let name: String
    }

    /// What is known of a run.
    struct Told: Sendable {
        /// The run with all below it.
        var tree: TurnTree
        var parent: TurnRun?
        /// The turn that it serves; itself, where it is one.
        var turn: TurnRun?
        var task: TaskContext?
        var conversation: String
        /// The run that it was forked from, if it was.
        var forkedFrom: UUID?

        /// The task; of a turn, whose run it is.
        func title(_ voice: Voice) -> String {
            let agent = tree.runs.first?.title(voice: voice) ?? ""
            return task.flatMap { $0.title.isEmpty ? nil : $0.title } ?? voice.words("run.of", ["agent": agent])
        }
    }

    init(_ told: Told, item: ThreadItem, page: Frame, voice: Voice) {
        let run = told.tree.runs.first?.run
        var page = page
        page.isConversation = true
        page.isGrowing = item.growing?.questions.isEmpty == true
        self.page = page
        title = told.title(voice)
        conversation = told.conversation.isEmpty ? voice.words["conversations.untitled"] : told.conversation
        conversationAddress = "/conversations/\(run?.conversationID.text ?? "")"
        parents = told.parent.map { [Parent($0, voice: voice)] } ?? []
        let state = told.tree.wholeState(voice: voice) ?? StateView(.completed, voice: voice)
        self.state = state
        facts = Self.facts(told.tree, state: state, voice: voice)
        canStop = run.map { !$0.state.isFinal && $0.state != .stopping } ?? false
        stopAddress = "/runs/\(run?.id.text ?? "")/cancellation"
        let address = "/runs/\(run?.id.text ?? "")"
        requestsAddress = "\(address)/requests"
        forkAddress = run?.parentRunID == nil && run?.state.isFinal == true ? "\(address)/fork" : nil
        let turn = told.turn?.run
        wholeForkAddress =
            run?.parentRunID != nil && turn?.state.isFinal == true ? "/runs/\(turn?.id.text ?? "")/fork" : nil
        originalAddress = told.forkedFrom.map { "/runs/\($0.text)" }
        compareAddress = told.forkedFrom.map { "/runs/\($0.text)/compare/\(run?.id.text ?? "")" }
        task = told.task.map(TaskView.init)
        items = [item]
    }

    private static func facts(_ tree: TurnTree, state: StateView, voice: Voice) -> [Fact] {
        guard let root = tree.runs.first else { return [] }
        let words = voice.words
        let seconds = (root.run.finishedAt ?? voice.now).timeIntervalSince(root.run.createdAt)
        let sums = [
            Fact(name: words["run.agent"], value: root.title(voice: voice)),
            Fact(name: words["run.duration"], value: voice.duration(max(0, seconds))),
            tree.spend.tokens(voice).map { Fact(name: words["run.tokens"], value: $0) },
            tree.spend.money(voice).map { Fact(name: words["run.cost"], value: $0) },
        ].compactMap { $0 }
        return sums + RunLine.facts(root.run, state: state, voice: voice)
    }
}

extension RunView.Parent {
    fileprivate init(_ parent: TurnRun, voice: Voice) {
        address = "/runs/\(parent.run.id.text)"
        name = parent.task ?? voice.words("run.of", ["agent": parent.title(voice: voice)])
    }
}

/// What a run was asked to do.
struct TaskView: Sendable {
    let goal: String
    let constraints: [String]
    let hasConstraints: Bool
    let inputs: String
    let hasInputs: Bool
    /// Of the tasks before it.
    let results: [Result]
    let hasResults: Bool

    struct Result: Sendable {
        let title: String
        let text: String
    }

    init(_ task: TaskContext) {
        let json = task.json
        goal = json["goal"]?.string ?? ""
        constraints = json["constraints"]?.array?.compactMap(\.string) ?? []
        hasConstraints = !constraints.isEmpty
        let given = json["inputs"].flatMap { $0 == .null ? nil : $0 }
        inputs = given.map { $0.string ?? $0.text } ?? ""
        hasInputs = !inputs.isEmpty
        results = (json["results"]?.array ?? []).map {
            Result(title: $0["title"]?.string ?? "", text: $0["result"]?.string ?? "")
        }
        hasResults = !results.isEmpty
    }
}
