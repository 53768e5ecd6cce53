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
    let kind: String
    let sign: String
    let word: String
    let detail: String?

    init(run: Run, agent: String, live: LiveAnswer, html: String, csrf: String, voice: Voice) {
        let line = live.line(voice: voice)
        id = run.messageID.text
        self.agent = agent
        time = voice.time(run.createdAt)
        self.html = html
        tools = live.toolLines(voice: voice)
        hasTools = !tools.isEmpty
        questions = live.questions(run: run.id, csrf: csrf)
        streamAddress =
            "/conversations/\(run.conversationID.text)/live?run=\(run.id.text)&after=\(live.sequence)"
        (kind, sign, word, detail) = (line.kind, line.sign, line.word, line.detail)
    }
}

/// The line below an answer that is being written: what is going on.
struct LiveLine: View, Equatable {
    static let template = "part/line"

    let kind: String
    let sign: String
    let word: String
    let detail: String?
}
