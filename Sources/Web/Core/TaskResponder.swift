import HTTPTypes
package import Hummingbird

/// Finds every answer in a task of its own, below the connection's, and off the connection's event loop but for what is quick.
///
/// A task keeps the memory of its deepest call for as long as it lives, and the task of a connection lives until the last
/// word of a stream. What the way to an answer took is given back this way before the answer's body is written.
package struct TaskResponder<Inner: HTTPResponder>: HTTPResponder where Inner.Context: Sendable {
    let inner: Inner
    /// What is answered on the connection's event loop, its body too.
    let isQuick: @Sendable (Request) -> Bool

    package func respond(to request: Request, context: Inner.Context) async throws -> Response {
        guard !isQuick(request) else { return try await answer(request, context) }
        var response = try await LoopExecutor.leave { try await answer(request, context) }
        // What is there already is written at once.
        if response.body.contentLength == nil { response.body = response.body.offTheLoop }
        return response
    }

    private func answer(_ request: Request, _ context: Inner.Context) async throws -> Response {
        async let response = inner.respond(to: request, context: context)
        return try await response
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
