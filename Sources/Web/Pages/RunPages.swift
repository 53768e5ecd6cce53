import Engine
import Hummingbird
import Storage

/// Stopping an answer and trying one again.
struct RunPages: Sendable {
    let desk: Desk

    func cancel(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let run = try await desk.services.cancel(context.identifier("id"), by: identity.principal)
        guard let run else { throw WebError.notFound }
        return .redirect(to: "/conversations/\(run.conversationID.text)#end")
    }

    /// The answer to a tool call that waits; back to the talk, which shows what became of it.
    func decide(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let id = try context.identifier("id")
        let form = try await request.decodeForm()
        guard let run = try await desk.store.run(id, by: identity.principal) else { throw WebError.notFound }
        do {
            let answered = try await desk.services.answer(
                context.parameters.get("call") ?? "",
                of: id,
                approve: form["decision"] == "approve",
                input: form["input"],
                remember: form["remember"] == "1",
                by: identity.principal
            )
            guard answered != nil else { throw WebError.notFound }
        } catch let error as StorageError where error.code == .conflict("approval") {
            // Answered in another window; the page shows how.
        }
        return .redirect(to: "/conversations/\(run.conversationID.text)#end")
    }

    func retry(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let id = try context.identifier("id")
        do {
            guard let start = try await desk.store.retry(run: id, by: identity.principal) else {
                throw WebError.notFound
            }
            if start.isNew { desk.services.runQueued() }
            return .redirect(to: "/conversations/\(start.run.conversationID.text)#end")
        } catch let error as StorageError where error.code == .conflict("run") {
            // Somebody was faster; the page shows what is at work.
            guard let run = try await desk.store.run(id, by: identity.principal) else { throw WebError.notFound }
            return .redirect(to: "/conversations/\(run.conversationID.text)#end")
        }
    }
}
