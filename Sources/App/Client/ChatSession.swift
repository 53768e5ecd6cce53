import Engine
import Foundation

/// A conversation at a terminal: a line of its person's, an answer, and so on.
struct ChatSession {
    private enum Said {
        case message(String)
        case end
    }

    private let client: ServerClient
    private let lines = TerminalLines()
    private let screen: TurnScreen
    private let interrupts: Interrupts
    private let watch: TurnWatch
    private let start: TurnStart

    init(_ start: TurnStart, _ screen: TurnScreen, _ policy: ApprovalPolicy, _ interrupts: Interrupts) {
        (self.start, self.screen, self.interrupts, client) = (start, screen, interrupts, start.client)
        var watch = TurnWatch(client: start.client, screen: screen, policy: policy, interrupts: interrupts)
        watch.asker = Asker(lines, screen)
        self.watch = watch
    }

    /// Until its person leaves.
    func run() async throws {
        do {
            try await talk()
        } catch {
            await start.leave()
            throw error
        }
        await start.leave()
    }

    private func talk() async throws {
        screen.note(screen.traits.dim("Ctrl-D leaves, Ctrl-C stops an answer. A line that ends in \\ goes on."))
        if let conversation = start.conversation { try await takeUp(conversation) }
        while case .message(let text) = try await nextMessage() {
            do {
                let isNew = start.conversation == nil
                let begun = try await interrupts.orLeave { [start] in try await start.say(text) }
                if isNew { screen.progress("conversation \(begun.conversation.shortID)") }
                try await see(begun)
            } catch let failure as CommandFailure where failure.code != .cancelled && failure.code != .forbidden {
                screen.note(failure.description)
            }
        }
    }

    /// What was said last, and the answer that is under way.
    private func takeUp(_ conversation: String) async throws {
        let shown = try await client.get("/v1/conversations/\(conversation)")
        screen.note(screen.traits.dim((shown["title"]?.string ?? "").harmlessLine))
        let path = "/v1/conversations/\(conversation)/messages"
        let newest = try await client.get(path, [("order", "desc"), ("per_page", "2")]).array ?? []
        let live = try await client.list(
            "/v1/runs",
            [("conversation_id", conversation), ("state", "live")],
            limit: 1
        ).first
        for message in newest.reversed() { show(message, isAnswered: live == nil) }
        guard let run = live?["run_id"]?.string else { return }
        try await see(WatchedRun(turn: run, conversation: conversation, hasPast: true))
    }

    private func show(_ message: JSONValue, isAnswered: Bool) {
        guard let text = message["content"]?.string, !text.isEmpty else { return }
        if message["role"]?.string == "user" {
            screen.note(screen.traits.dim("› " + text.harmless))
        } else if isAnswered {
            screen.words(text)
            screen.end(text)
        }
    }

    private func see(_ run: WatchedRun) async throws {
        let seen = try await watch.see(run)
        screen.end(seen.story.answer)
        // A Ctrl-C takes what was typed before it along, as terminals do it.
        if seen.end == .cancelled { lines.forgetAside() }
        if let failure = seen.end.failure(seen.story, conversation: run.conversation) {
            screen.note(failure.description)
        }
    }

    /// What was typed while something else was on the terminal stands somewhere in it, and is shown again where it is said.
    private func nextLine() async -> TerminalLines.Line {
        guard let line = lines.typedAhead() else { return await lines.next() }
        Terminal.note(line.harmlessLine)
        return .text(line)
    }

    private func nextMessage() async throws -> Said {
        interrupts.listen { [lines] in lines.interrupt() }
        defer { interrupts.listen(nil) }
        var (text, wasInterrupted) = ("", false)
        while true {
            screen.prompt(text.isEmpty ? "› " : "… ")
            switch await nextLine() {
            case .end:
                Terminal.note("")
                return .end
            case .interrupted:
                Terminal.note("")
                if wasInterrupted { throw CommandFailure(.cancelled, "Left.") }
                (text, wasInterrupted) = ("", true)
                screen.note(screen.traits.dim("Ctrl-C once more, or Ctrl-D, leaves."))
            case .text(let line):
                wasInterrupted = false
                if line.hasSuffix("\\") {
                    text += line.dropLast() + "\n"
                } else if !(text + line).trimmed.isEmpty {
                    return .message(text + line)
                }
            }
        }
    }
}
