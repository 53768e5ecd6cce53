import Engine
import Foundation
import Storage

/// An answer that is being written: its text so far, and where more of it comes from.
struct GrowingView: Sendable {
    let id: String
    let agent: String
    let time: TimeText?
    let html: String
    let run: RunLine?
    let questions: [ToolQuestion]
    let hasQuestions: Bool
    let streamAddress: String
    let line: LiveLine

    /// `tree` is that of a run which has called others.
    init(
        run: Run,
        agent: String,
        live: LiveAnswer,
        tree: TurnTree?,
        isWhole: Bool = false,
        html: String,
        draft: ToolQuestion.Draft? = nil,
        csrf: String,
        voice: Voice
    ) {
        let mood = live.mood(isPersonAsked: tree?.pending.isEmpty == false, isStopping: run.state == .stopping)
        line = mood.line(run: run.id, csrf: csrf, voice: voice)
        id = run.messageID.text
        self.agent = agent
        time = voice.time(run.createdAt)
        self.html = html
        self.run = tree.flatMap { RunLine($0, isWhole: isWhole, voice: voice) }
        questions = tree?.questions(draft: draft, csrf: csrf, voice: voice) ?? []
        hasQuestions = !questions.isEmpty
        streamAddress =
            "/conversations/\(run.conversationID.text)/live?run=\(run.id.text)&after=\(live.sequence)"
            + (isWhole ? "&whole=1" : "")
    }
}

/// The line below an answer that is being written: what is going on.
struct LiveLine: View, Equatable {
    static let template = "part/line"

    let kind: String
    let sign: String
    let word: String
    let detail: String?
    /// Pausing the run, or letting it go on.
    let control: Control?

    struct Control: Sendable, Equatable {
        let action: String
        let csrf: String
        let icon: String
        let word: String
    }
}
