import Engine
import Foundation
import Logging
import Storage

/// One open socket: everything that its client says and everything that it is told goes through this one task, so that an
/// idle socket is a bell and no more.
struct SocketSession: Sendable {
    /// Mistakes in a row after which there is no use in going on.
    private static let mostMistakes = 20

    let desk: SocketDesk
    let link: SocketLink
    let pass: StreamPass
    /// Under which name the log has the handshake.
    let request: String
    let logger: Logger
    private var feed: ConversationFeed
    private var pace = SocketPace()
    private var mistakes = 0

    init(desk: SocketDesk, link: SocketLink, pass: StreamPass, feed: ConversationFeed, request: String, logger: Logger)
    {
        (self.desk, self.link, self.pass, self.feed) = (desk, link, pass, feed)
        (self.request, self.logger) = (request, logger)
    }

    /// Until the socket is closed, by whomever.
    mutating func run(isResumed: Bool) async {
        link.send(greeting(isResumed: isResumed))
        do {
            while try await turn() {}
        } catch let end as SocketEnd {
            link.close(end)
        } catch is CancellationError {
            link.close(.away("The server ends."))
        } catch {
            _ = ErrorMiddleware.webError(from: error, in: request, logger: logger)
            link.close(.failed)
        }
        await link.closed()
    }

    /// False after the last one.
    private mutating func turn() async throws -> Bool {
        let news = pass.take()
        if let end = news.end { throw Self.end(end) }
        guard !desk.services.hub.isReadingEnded, !Task.isCancelled else { throw Self.end(.serverEnds) }
        if news.isBeatDue { try beat() }
        // Asked first: what came whole before the end is heard, whoever has hung up.
        let hasEnded = link.hasEnded
        for word in link.take() {
            switch word {
            case .text(let text): try await hear(text)
            case .end(let end): throw end
            }
        }
        guard !hasEnded else { return false }
        isTold = isTold || news.isTold
        // A client that does not read finds it in the log; the bell rings when it reads again.
        guard link.isWritable else {
            await pass.bell.wait()
            return true
        }
        // The connection keeps the memory of its deepest call: where nothing goes on, nothing is asked.
        let records = isTold || !feed.isQuiet ? try await feed.next(isTold: isTold) : []
        isTold = false
        if records.isEmpty {
            feed.leave(pass.bell)
            await pass.bell.wait()
        } else {
            link.send(try await shortly(records.bytes) { SocketLink.frames(records.map(SocketRecord.json)) })
        }
        return true
    }

    /// Something has changed that the feed has not looked at.
    private var isTold = false

    private func beat() throws {
        let silence = ContinuousClock.now - link.heardAt
        guard silence < desk.services.streams.times.patience else { throw SocketEnd.away("No sign of life.") }
        link.ping()
    }

    private mutating func hear(_ text: String) async throws {
        guard pace.allows() else {
            let error = WebError(.rateLimited, "Too many messages at once.", retryAfter: 1)
            link.send(try await apart { SocketRecord.error(error, about: SocketMessage.name(in: text)) })
            throw SocketEnd.refused("Too many messages at once.")
        }
        do {
            let (answers, isPing) = try await apart { [desk] in
                let message = try SocketMessage(text)
                return (try await desk.answers(to: message), message.isPing)
            }
            for answer in answers { link.send(answer) }
            mistakes = 0
            if !isPing { isTold = true }
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            let error = ErrorMiddleware.webError(from: error, in: request, logger: logger)
            link.send(try await apart { [desk] in await desk.refusal(error, of: text) })
            // To be told to wait is none.
            if error.code == .rateLimited { return }
            mistakes += 1
            if mistakes >= Self.mostMistakes { throw SocketEnd.refused("Too many mistakes.") }
        }
    }

    private static func end(_ end: StreamDesk.End) -> SocketEnd {
        switch end {
        case .dismissed: .refused("You are signed out.")
        case .serverEnds: .away("The server ends.")
        }
    }

    private func greeting(isResumed: Bool) -> String {
        let data = JSONObject {
            $0.set("status", "connected")
            $0.set("user_id", desk.identity.user.id)
            $0.set("conversation_id", desk.conversation)
            $0.set("session_id", "session_\(request)")
            $0.set("resumed", isResumed)
        }
        return SocketRecord.json(StreamRecord(id: feed.start, json: SocketRecord.json("connection_status", data)))
    }
}

/// How much a client may say: a burst, and then as much as a program has reason to.
struct SocketPace: Sendable {
    private static let burst = 60.0
    private static let perSecond = 20.0

    private var left = burst
    private var at = ContinuousClock.now

    mutating func allows(at now: ContinuousClock.Instant = .now) -> Bool {
        left = min(Self.burst, left + (now - at) / .seconds(1) * Self.perSecond)
        at = now
        guard left >= 1 else { return false }
        left -= 1
        return true
    }
}
