import Engine
import Foundation
import Hummingbird
import NIOCore
import Storage

/// Follows a run's log and writes what a page has to change, at most twenty times a second.
///
/// One task reads the log into a `LiveBoard`, another writes from it: a reader that does not keep up costs the text
/// itself and no more, and gets the newest state when it reads again.
struct LiveStream: Sendable {
    /// How long changes are gathered before they are written.
    static let interval = Duration.milliseconds(50)

    /// How long a page waits for a title after the answer.
    private static let titlePatience = Duration.seconds(20)

    let desk: Desk
    let reader: ThreadReader
    let run: Run
    /// What the page has already: the log up to here is replayed in silence.
    let known: Int64
    let pass: StreamPass

    @concurrent func write(to writer: inout any ResponseBodyWriter) async throws {
        let board = LiveBoard(known: known, isStopping: run.state == .stopping)
        try await writer.write(ByteBuffer(string: "retry: 1000\n\n"))
        // Leaving the scope cancels the reading and waits for its end.
        async let _ = read(into: board)
        async let _ = TreeWatch(desk: desk, reader: reader, run: run).draw(onto: board)
        try await writeChanges(of: board, to: &writer)
    }

    private func read(into board: LiveBoard) async throws {
        defer { board.close() }
        let tick = StreamDesk.recheckInterval
        for try await events in desk.services.hub.watch(run: run.id, after: 0, from: desk.store, tick: tick) {
            board.feed(events)
        }
    }

    @concurrent private func writeChanges(of board: LiveBoard, to writer: inout any ResponseBodyWriter) async throws {
        for await _ in board.changes {
            let news = pass.take()
            guard news.end != .dismissed else { return }
            let change = board.take()
            var frames = try await heard(change.heard) + frames(of: change)
            // The place goes with the last frame, so that a page never claims more than it has.
            if !frames.isEmpty { frames += LiveFrame.place.text(id: change.sequence) }
            let isOver = board.isOver
            // Asked before the rail is read: a title that comes in between is not missed.
            let awaitsTitle = isOver ? try await isWriting() : false
            if isOver { frames += try await ending(board) }
            if frames.isEmpty, news.isBeatDue { frames = ": still here\n\n" }
            if !frames.isEmpty { try await writer.write(ByteBuffer(string: frames)) }
            if awaitsTitle { try await writeTitle(to: &writer) }
            if isOver { return }
            try await Task.sleep(for: Self.interval)
        }
    }

    /// The rail once more when a model has named the conversation.
    @concurrent private func writeTitle(to writer: inout any ResponseBodyWriter) async throws {
        let principal = reader.identity.principal
        let deadline = ContinuousClock.now + Self.titlePatience
        while try await isWriting(), ContinuousClock.now < deadline, !desk.services.hub.isReadingEnded {
            try await Task.sleep(for: .milliseconds(500))
            guard pass.take().end != .dismissed else { return }
        }
        // The page has gone on to another answer, which brings the rail itself.
        guard try await desk.store.activeRuns(in: run.conversationID, by: principal).isEmpty else { return }
        let html = try desk.templates.html(await talks(in: run.conversationID), reader.voice.words.language)
        try await writer.write(ByteBuffer(string: LiveFrame.talks(html).text(id: nil)))
    }

    /// Whether a model is naming the conversation, or is about to.
    private func isWriting() async throws -> Bool {
        guard run.parentRunID == nil else { return false }
        return try await desk.store.isWriting(about: run.conversationID, by: reader.identity.principal)
    }

    private func frames(of change: LiveBoard.Change) throws -> String {
        var frames = ""
        let language = reader.voice.words.language
        if change.text?.isReset == true { frames += LiveFrame.reset.text(id: nil) }
        if let text = change.text, !text.blocks.isEmpty {
            frames += LiveFrame.blocks(first: text.first, text.blocks).text(id: nil)
        }
        if let tree = change.tree { frames += LiveFrame.tree(tree).text(id: nil) }
        if let questions = change.questions { frames += LiveFrame.questions(questions).text(id: nil) }
        if let line = change.line?.line(run: run.id, csrf: reader.csrf, voice: reader.voice) {
            frames += LiveFrame.status(try desk.templates.html(line, language)).text(id: nil)
        }
        return frames
    }

    /// Messages that the run has taken in move from what waits to what was said.
    private func heard(_ messages: [UUID]) async throws -> String {
        guard !messages.isEmpty else { return "" }
        var frames = ""
        for id in messages {
            let message = try await desk.store.message(id, in: run.conversationID, by: reader.identity.principal)
            guard let message else { continue }
            let html = try desk.templates.html(reader.said(message), reader.voice.words.language)
            frames += LiveFrame.said(html).text(id: nil)
        }
        return frames + (try await pending())
    }

    /// A run's own page has no place for it.
    private func pending() async throws -> String {
        guard !reader.isWhole(run) else { return "" }
        let view = try await reader.pending(in: run.conversationID)
        return LiveFrame.pending(try desk.templates.html(view, reader.voice.words.language)).text(id: nil)
    }

    /// Whether another answer is under way already, of a message that waited for this end.
    private func isFollowed() async throws -> Bool {
        if try await desk.store.settlePending(in: run.conversationID) { desk.services.runQueued() }
        return try await desk.store.isFollowed(run, by: reader.identity.principal)
    }

    private func ending(_ board: LiveBoard) async throws -> String {
        let principal = reader.identity.principal
        let isFollowed = try await isFollowed()
        let run = try await desk.store.run(run.id, by: principal) ?? run
        let answer = try await reader.answer(of: run, agents: desk.choices(by: principal))
        let language = reader.voice.words.language
        let html = try desk.templates.html(answer, language)
        let talks = try desk.templates.html(await talks(in: run.conversationID), language)
        let next = isFollowed ? LiveFrame.next.text(id: nil) : try await pending()
        return LiveFrame.talks(talks).text(id: nil) + next + LiveFrame.done(html).text(id: board.sequence)
    }

    /// The rail once nothing is at work in this conversation any more.
    private func talks(in conversation: UUID) async throws -> TalksView {
        let rows = try await desk.recentRows(
            current: conversation,
            voice: reader.voice,
            by: reader.identity.principal
        )
        // A child's end is not that of its turn.
        let isIdle = run.parentRunID == nil
        return TalksView(isIdle ? rows.map { $0.idle(conversation) } : rows, voice: reader.voice)
    }
}
