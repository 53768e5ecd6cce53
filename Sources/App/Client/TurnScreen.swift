import Engine
import Foundation

/// Where a turn is told: the answer on standard output, everything else on standard error.
final class TurnScreen: Sendable {
    /// What is put on standard output.
    enum Output: Sendable {
        /// Words as they come.
        case words
        /// The answer when it is whole: what is told and taken back must not stay in a file.
        case answer
        /// The records of the log, a line each.
        case events
        /// Nothing: something else is printed at the end.
        case nothing
    }

    private enum Cursor: Sendable {
        /// At the beginning of a line that no word of the answer stands before.
        case fresh
        case behindWord, behindLine
    }

    let traits: TerminalTraits
    let output: Output
    private let isQuiet: Bool
    private let cursor = Locked(Cursor.fresh)

    init(_ traits: TerminalTraits, _ output: Output, isQuiet: Bool = false) {
        (self.traits, self.output, self.isQuiet) = (traits, output, isQuiet)
    }

    func record(_ event: StreamedEvent) {
        if case .events = output { Terminal.say(event.text.harmlessJSON) }
    }

    func words(_ text: String) {
        guard case .words = output else { return }
        cursor.withLock { cursor in
            // What parts two steps is parted already by what was told between them.
            let text = cursor == .fresh ? String(text.drop { $0 == "\n" }) : text
            guard !text.isEmpty else { return }
            Terminal.write(traits.harmless(text), to: .standardOutput)
            cursor = text.last == "\n" ? .behindLine : .behindWord
        }
    }

    /// A line of what happens on the way.
    func progress(_ text: String) {
        guard !isQuiet else { return }
        let width = traits.hasError ? traits.width ?? 120 : 200
        note(traits.dim(("  " + text.harmlessLine).fitted(to: width)))
    }

    /// What its person has to read.
    func note(_ text: String) {
        breakLine()
        Terminal.note(text)
    }

    /// Without an end of line.
    func prompt(_ text: String) {
        breakLine()
        Terminal.write(text, to: .standardError)
    }

    /// The answer is whole.
    func end(_ answer: String) {
        switch output {
        case .words: breakLine(on: .standardOutput)
        case .answer where !answer.isEmpty:
            Terminal.write(traits.harmless(answer) + (answer.hasSuffix("\n") ? "" : "\n"), to: .standardOutput)
        default: break
        }
    }

    private func breakLine(on file: FileHandle = .standardError) {
        cursor.withLock { cursor in
            if cursor == .behindWord { Terminal.write("\n", to: file) }
            cursor = .fresh
        }
    }
}
