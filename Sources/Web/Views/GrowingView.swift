import Engine
import Foundation

/// An answer that is being written: its text so far, and where more of it comes from.
struct GrowingView: Sendable {
    let id: String
    let agent: String
    let time: TimeText?
    let html: String
    let tools: [ToolLine]
    let hasTools: Bool
    let questions: [ToolQuestion]
    let streamAddress: String
    let line: LiveLine

    init(
        run: Run,
        agent: String,
        live: LiveAnswer,
        html: String,
        draft: ToolQuestion.Draft? = nil,
        questionsBelow: [ToolQuestion] = [],
        csrf: String,
        voice: Voice
    ) {
        line = live.line(run: run.id, csrf: csrf, voice: voice)
        id = run.messageID.text
        self.agent = agent
        time = voice.time(run.createdAt)
        self.html = html
        tools = live.toolLines(voice: voice)
        questions = live.questions(run: run.id, draft: draft, csrf: csrf, voice: voice) + questionsBelow
        hasTools = !tools.isEmpty || !questions.isEmpty
        streamAddress =
            "/conversations/\(run.conversationID.text)/live?run=\(run.id.text)&after=\(live.sequence)"
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
