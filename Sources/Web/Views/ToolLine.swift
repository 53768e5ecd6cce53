/// A tool call of a run: its name, what it got, and how it ended.
struct ToolLine: Sendable {
    let kind: String
    let sign: String
    let name: String
    let input: String
    let result: String

    /// `hasSucceeded` is nil while the tool works. The input is cut to a line.
    init(
        name: String,
        input: String,
        hasSucceeded: Bool?,
        isAsked: Bool = false,
        isTakenAsDone: Bool = false,
        voice: Voice
    ) {
        self.name = name
        self.input = input.count > 160 ? String(input.prefix(159)) + "…" : input
        switch hasSucceeded {
        case nil where isAsked:
            (kind, sign, result) = ("wait", voice.icons("hand"), voice.words["tool.asked"])
        case nil:
            (kind, sign, result) = ("live", voice.icons.glyph(busy: true), voice.words["tool.running"])
        case true?:
            let word = voice.words[isTakenAsDone ? "tool.takenAsDone" : "tool.done"]
            (kind, sign, result) = ("done", voice.icons("tick"), word)
        case false?:
            (kind, sign, result) = ("fail", voice.icons("cross"), voice.words["tool.failed"])
        }
    }
}

/// The tool calls of a run, for a page that shows them while they happen, with those that wait for the reader.
struct ToolsView: View {
    static let template = "part/questions"

    let tools: [ToolLine]
    let questions: [ToolQuestion]
}
