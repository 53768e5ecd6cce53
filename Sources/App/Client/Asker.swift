import Engine
import Foundation

/// Asks a person at the terminal what a run asks them.
final class Asker: Sendable {
    enum Said: Sendable, Equatable {
        case reply(JSONValue)
        /// Somebody else has answered, or the run has ended.
        case settled
        /// The person has left the question where it is.
        case left
    }

    let lines: TerminalLines
    private let screen: TurnScreen
    /// nil where inputs are changed on a line.
    private let editor: Editor?
    /// The call that is being asked about.
    private let asked = Locked<String?>(nil)

    init(_ lines: TerminalLines, _ screen: TurnScreen, editor: Editor? = .named()) {
        (self.lines, self.screen, self.editor) = (lines, screen, editor)
    }

    func ask(_ call: AskedCall) async -> Said {
        // What was typed ahead was not meant as an answer to this.
        lines.setAside()
        asked.withLock { $0 = call.call }
        defer { asked.withLock { $0 = nil } }
        screen.note(heading(call))
        while true {
            screen.prompt("  \(call.choices) › ")
            switch await lines.next() {
            case .interrupted:
                Terminal.note("")
                return .settled
            case .end:
                Terminal.note("")
                return .left
            case .text(let line):
                switch call.reading(line) {
                case .reply(let reply): return .reply(reply)
                case .again(let complaint): screen.note("  \(complaint.harmlessLine)")
                case .edit: if let said = await edited(call) { return said }
                }
            }
        }
    }

    /// A question that is answered elsewhere is not asked any longer.
    func settled(_ call: String) {
        if asked.withLock({ $0 == call }) { lines.interrupt() }
    }

    /// Nothing is to be asked any longer.
    func leave() {
        if asked.withLock({ $0 != nil }) { lines.interrupt() }
    }

    private func heading(_ call: AskedCall) -> String {
        switch call.kind {
        case .approval: "\(call.tool.harmlessLine) waits for your approval:\n" + Self.indented(call.input.pretty)
        case .maybeExecuted:
            "\(call.tool.harmlessLine) was cut short and may have been done:\n" + Self.indented(call.input.pretty)
        case .question: Self.indented(call.question?.question ?? call.summary) + numbered(call)
        }
    }

    private func numbered(_ call: AskedCall) -> String {
        let choices = call.question?.choices ?? []
        return choices.enumerated().map { "\n    \($0.offset + 1)  \($0.element.harmlessLine)" }.joined()
    }

    private static func indented(_ text: String) -> String {
        let lines = text.harmlessLines.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.map { "  " + $0 }.joined(separator: "\n")
    }

    /// In the person's editor, or on one line; nil when nothing came of it.
    func edited(_ call: AskedCall) async -> Said? {
        let text: String
        if let editor {
            guard let changed = await editor.edit(call.input.pretty) else {
                screen.note("  The editor has failed; the input is as it was.")
                return nil
            }
            text = changed
        } else {
            screen.prompt("  The input as JSON, on one line › ")
            switch await lines.next() {
            case .text(let line): text = line
            case .end: return nil
            case .interrupted:
                Terminal.note("")
                return .settled
            }
        }
        guard let input = try? JSONValue(parsing: text), input.object != nil else {
            screen.note("  That is no JSON object; the input is as it was.")
            return nil
        }
        return .reply(.object(["decision": .string("approve"), "tool_input": input]))
    }
}
