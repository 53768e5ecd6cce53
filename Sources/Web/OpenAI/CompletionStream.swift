import Engine
import Hummingbird
import NIOCore

/// A streamed completion: it begins with its first words, or is refused; it ends when its reader goes, and goes on no longer
/// than its reader may read.
struct CompletionStream: Sendable {
    let services: WebServices
    let pass: StreamPass
    let context: WebContext

    /// Throws when the person has too many streams open.
    init(services: WebServices, identity: Identity, context: WebContext) throws(WebError) {
        (self.services, self.context) = (services, context)
        pass = try services.openStream(for: identity, conversation: nil)
    }

    func response(_ write: @escaping @Sendable (Handover) async throws -> Void) async throws -> Response {
        let handover = Handover()
        let writing = Writing(handover) { [context] in
            do {
                try await write(handover)
                handover.end()
            } catch {
                guard handover.hasBegun else { return handover.end(error) }
                let failure = OpenAIError(ErrorMiddleware.webError(from: error, context: context))
                // Nobody may be left to read it.
                try? await handover.write { $0.writeString("data: \(failure.json)\n\n") }
                handover.end()
            }
        }
        try await services.presence.working(for: context.channel) {
            try await handover.begun()
            try Task.checkCancellation()
        }
        return Response(
            status: .ok,
            headers: EventStreamResponse.headers,
            body: ResponseBody { [services, pass, context] writer in
                let number = services.presence.watch(context.channel) { writing.handover.abandon() }
                defer { services.presence.forget(number, of: context.channel) }
                while let buffer = try await writing.handover.next() {
                    guard pass.take().end != .dismissed else { break }
                    try await writer.write(buffer)
                }
                try await writer.finish(nil)
            }
        )
    }

    /// The task that writes: it ends at the latest when nobody holds this any more, as when the answer is never sent.
    private final class Writing: Sendable {
        let handover: Handover
        private let task: Task<Void, Never>

        init(_ handover: Handover, _ work: @escaping @Sendable () async -> Void) {
            self.handover = handover
            task = Task { await work() }
        }

        deinit {
            handover.abandon()
            task.cancel()
        }
    }
}
