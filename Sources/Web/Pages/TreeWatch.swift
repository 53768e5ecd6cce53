import Engine
import Foundation
import Storage

/// Looks at the runs below one that grows, and draws them when there is something new to see.
///
/// Their logs are others than the one that the page follows, so they are looked at from time to time, the less often the
/// longer nothing happens; not before something was called, nor while what was drawn last is not read.
struct TreeWatch: Sendable {
    /// How often they are looked at, while something happens, and at the least.
    static let interval = Duration.milliseconds(500)
    private static let longestInterval = Duration.seconds(4)

    let desk: Desk
    let reader: ThreadReader
    let run: Run

    /// Until the run has ended, or the reader has gone.
    func draw(onto board: LiveBoard) async {
        var shown: TurnTree?
        var drawnAt = Date.distantPast
        var pause = Self.interval
        while !board.isOver {
            do { try await Task.sleep(for: pause) } catch { return }
            guard !board.isUnread, board.hasCalls || reader.isWhole(run),
                let tree = try? await reader.tree(of: run)
            else { continue }
            let now = Date()
            pause = tree == shown ? min(pause * 2, Self.longestInterval) : Self.interval
            guard tree != shown || isStale(tree, drawnAt, now) else { continue }
            guard let drawn = try? drawing(of: tree, since: shown, at: now) else { continue }
            board.show(drawn)
            (shown, drawnAt) = (tree, now)
        }
    }

    /// The bars of what goes on grow with the time: it is drawn again when they have grown by what one can see.
    private func isStale(_ tree: TurnTree, _ drawnAt: Date, _ now: Date) -> Bool {
        guard let start = tree.runs.first?.run.createdAt else { return false }
        return now.timeIntervalSince(drawnAt) > max(1, now.timeIntervalSince(start) / 50)
    }

    private func drawing(of tree: TurnTree, since shown: TurnTree?, at now: Date) throws -> LiveBoard.Drawing? {
        let voice = try reader.voice(at: now)
        guard let line = RunLine(tree, isWhole: reader.isWhole(run), voice: voice) else { return nil }
        let templates = desk.templates
        let language = voice.words.language
        let isSame = shown?.pending.map(\.approval) == tree.pending.map(\.approval)
        let questions = QuestionsView(questions: tree.questions(csrf: reader.csrf, voice: voice))
        return LiveBoard.Drawing(
            tree: try templates.html(line, language),
            questions: isSame ? nil : try templates.html(questions, language),
            isPersonAsked: !tree.pending.isEmpty,
            isStopping: tree.runs.first?.run.state == .stopping
        )
    }
}
