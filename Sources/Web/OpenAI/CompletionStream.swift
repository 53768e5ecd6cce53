import Engine
import Hummingbird
import NIOCore

/// A streamed completion: it begins with its first words, or a sign of life in their place, or is refused; it ends when its
/// reader goes, and goes on no longer than its reader may read.
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
        let handover = Handover(bell: pass.bell)
        let writing = Writing(handover) { [context] in
            do {
                try await write(handover)
                handover.end()
            } catch {
                guard !handover.refuse(error) else { return }
                let failure = OpenAIError(ErrorMiddleware.webError(from: error, context: context))
                // Nobody may be left to read it.
                try? await handover.write { $0.writeString("data: \(failure.json)\n\n") }
                handover.end()
            }
        }
        let begun = try await services.presence.working(for: context.channel) { [pass] in
            let begun = try await handover.next { pass.take() }
            try Task.checkCancellation()
            return begun
        }
        return Response(
            status: .ok,
            headers: EventStreamResponse.headers,
            body: ResponseBody { [services, pass, context] writer in
                let number = services.presence.watch(context.channel) { writing.handover.abandon() }
                defer { services.presence.forget(number, of: context.channel) }
                var next = begun
                while let buffer = next {
                    try await writer.write(buffer)
                    do {
                        next = try await writing.handover.next { pass.take() }
                    } catch let error as WebError {
                        // A part of an answer must not look like the whole.
                        next = nil
                        try await writer.write(ByteBuffer(string: "data: \(OpenAIError(error).json)\n\n"))
                    }
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
            task = Task(executorPreference: LoopExecutor.preferred) { await work() }
        }

        deinit {
            handover.abandon()
            task.cancel()
        }
    }
}
