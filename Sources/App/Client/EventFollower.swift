import Fetch
import Foundation

/// The events of a stream, one after the other, whatever becomes of the connection.
struct EventFollower: Sendable {
    /// The server breaks its silence every 15 seconds.
    private static let longestSilence = Duration.seconds(45)
    /// Of one event, in bytes.
    private static let limit = 16 * 1024 * 1024

    let client: ServerClient
    let path: String
    /// Called when the connection is gone for longer than a moment.
    var isLost: @Sendable () -> Void = {}

    /// Calls `take` with each event after a place, and with those that come, until it returns false.
    func follow(after place: String?, _ take: @Sendable (StreamedEvent) -> Bool) async throws {
        var connection = Reconnection(place: place)
        try await read(&connection, isEndless: true, take)
    }

    /// The same with those that there are now. Returns the place of the last one.
    func told(after place: String?, _ take: @Sendable (StreamedEvent) -> Bool) async throws -> String? {
        var connection = Reconnection(place: place)
        try await read(&connection, isEndless: false, take)
        return connection.place
    }

    /// `isEndless`: a stream that ends by itself is taken up again, as one is that has broken off.
    private func read(
        _ connection: inout Reconnection,
        isEndless: Bool,
        _ take: @Sendable (StreamedEvent) -> Bool
    ) async throws {
        while true {
            var why: CommandFailure?
            do {
                let query = [(name: "follow", value: isEndless ? nil : "false")]
                if try await read(&connection, query, take) || !isEndless { return }
            } catch let failure as CommandFailure {
                why = failure
            } catch let error as FetchError {
                why = CommandFailure(.unreachable, "\(client.server) does not answer: \(error.message).")
            }
            switch connection.lost(why, at: .now) {
            case .giveUp(let failure): throw failure
            case .again(let pause):
                if connection.isNotable { isLost() }
                try await Task.sleep(for: pause)
            }
        }
    }

    /// True when `take` has had enough.
    private func read(
        _ connection: inout Reconnection,
        _ query: [(name: String, value: String?)],
        _ take: @Sendable (StreamedEvent) -> Bool
    ) async throws -> Bool {
        var call = ServerCall("GET", path, query + [("after", connection.place)])
        call.headers = [("Accept", "text/event-stream")]
        (call.idleTimeout, call.totalTimeout) = (Self.longestSilence, nil)
        let response = try await client.open(call)
        connection.opened(at: .now)
        var parser = ServerSentEventParser(limit: Self.limit)
        for try await chunk in response.body {
            connection.lives(at: .now)
            var (hasEvent, hasEnough) = (false, false)
            try parser.feed(chunk) { event in
                hasEvent = true
                guard !hasEnough, let event = StreamedEvent(String(decoding: event.data, as: UTF8.self)) else { return }
                hasEnough = !take(event)
            }
            if let retry = parser.retry { connection.asked(toWait: .milliseconds(retry)) }
            if hasEvent { connection.heard(parser.lastEventID) } else { connection.moved(to: parser.lastEventID) }
            if hasEnough { return true }
        }
        return false
    }
}
