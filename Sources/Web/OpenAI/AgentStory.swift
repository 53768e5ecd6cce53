import Engine

/// A run's log as a program is told it: words in order, and how it ends.
struct AgentStory: Sendable {
    private var answer = ToldText()
    private(set) var progress = RunProgress()
    private(set) var finish = FinishReason.stop

    /// What the run has said.
    var text: String { answer.text }

    /// Returns what is new for somebody who has read all before.
    mutating func take(_ events: [RunEvent]) -> String {
        var new = ""
        for event in events {
            progress.take(event)
            guard let data = JSONNode(Array(event.data.utf8)) else { continue }
            switch event.kind {
            case .agentStart: answer.begin()
            case .contentStream: new += answer.add(data["content_delta"]?.string ?? "")
            case .messageComplete:
                finish = data["metadata"]?["finish_reason"]?.string.flatMap(FinishReason.init) ?? finish
            default: break
            }
        }
        return new
    }
}
