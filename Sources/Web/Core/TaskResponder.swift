package import Hummingbird

/// Finds every answer in a task of its own, below the connection's.
///
/// A task keeps the memory of its deepest call for as long as it lives, and the task of a connection lives until the last
/// word of a stream. What the way to an answer took is given back this way before the answer's body is written.
package struct TaskResponder<Inner: HTTPResponder>: HTTPResponder where Inner.Context: Sendable {
    let inner: Inner

    package func respond(to request: Request, context: Inner.Context) async throws -> Response {
        async let response = inner.respond(to: request, context: context)
        return try await response
    }
}
