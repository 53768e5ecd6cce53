import Engine
import HTTPTypes
package import Hummingbird

/// Finds every answer apart from the connection, whose task lives until the last word of a stream, and off the connection's
/// event loop but for what is quick. What the way to an answer took is given back before the answer's body is written, which is
/// on the loop again: whoever reads files or draws pages for a body says so (`offTheLoop`).
package struct TaskResponder<Inner: HTTPResponder>: HTTPResponder where Inner.Context: Sendable {
    let inner: Inner
    /// What is answered on the connection's event loop.
    let isQuick: @Sendable (Request) -> Bool

    package func respond(to request: Request, context: Inner.Context) async throws -> Response {
        try await apart(on: isQuick(request) ? LoopExecutor.preferred : nil) { [inner] in
            try await inner.respond(to: request, context: context)
        }
    }
}

extension Request {
    /// Short calls of models: there are many of them, and hardly anything is done for each. What is longer takes its time.
    var isQuick: Bool {
        guard method == .post, uri.path == "/openai/v1/chat/completions" else { return false }
        return headers[.contentLength].flatMap { Int($0) }.map { $0 <= 64 * 1024 } ?? false
    }
}

extension ResponseBody {
    /// Made while it is written, by whoever may read files or draw pages for it: no loop waits for that.
    var offTheLoop: ResponseBody {
        ResponseBody(contentLength: contentLength) { [self] writer in
            let own = writer
            try await withTaskExecutorPreference(globalConcurrentExecutor) { try await write(own) }
        }
    }
}
