import Engine
import HTTPTypes
import Hummingbird
import NIOCore
import Storage

/// Stopping a run, trying it again, letting it rest, answering what it asks.
struct RunPages: Sendable {
    let desk: Desk

    /// Back to where it was stopped: the list of one's runs, or the talk.
    func cancel(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let back = try await request.decodeForm().back(under: "/runs")
        let run = try await desk.services.cancel(context.identifier("id"), by: identity.principal)
        guard let run else { throw WebError.notFound }
        if let back { return .redirect(to: back, done: .stopping) }
        return .redirect(to: "/conversations/\(run.conversationID.text)#end")
    }

    /// The answer to a tool call that waits; back to the talk, which shows what became of it.
    func decide(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let id = try context.identifier("id")
        let form = try await request.decodeForm()
        guard let run = try await desk.store.run(id, by: identity.principal) else { throw WebError.notFound }
        let call = context.parameters.get("call") ?? ""
        do {
            guard try await desk.services.answer(call, of: id, CallReply(form), by: identity.principal) != nil else {
                throw WebError.notFound
            }
        } catch let error as StorageError where error.code == .conflict("approval") {
            // Answered in another window; the page shows how.
        } catch let error as WebError where error.code == .validation {
            let draft = ToolQuestion.Draft(call, form, error, voice: try desk.voice(context))
            let page = ConversationPage(desk: desk)
            return try await page.show(
                run.conversationID,
                reply: draft,
                request,
                context: context,
                identity: identity
            )
        }
        return .redirect(to: "/conversations/\(run.conversationID.text)#end")
    }

    /// The run rests after its present step.
    func pause(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let id = try context.identifier("id")
        guard let run = try await desk.store.run(id, by: identity.principal) else { throw WebError.notFound }
        let talk = "/conversations/\(run.conversationID.text)"
        do {
            let paused = try await desk.services.pause(id, by: identity.principal)
            if paused?.state == .running { return .redirect(to: talk, done: .pausing, anchor: "end") }
        } catch let error as StorageError where error.code == .conflict("run") {
            // It has ended in this moment; the page shows how.
        }
        return .redirect(to: talk + "#end")
    }

    func resume(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let run = try await desk.services.resume(context.identifier("id"), by: identity.principal)
        guard let run else { throw WebError.notFound }
        return .redirect(to: "/conversations/\(run.conversationID.text)#end")
    }

    /// What becomes of a message that waits.
    func settle(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let (conversation, message) = (try context.identifier("id"), try context.identifier("message"))
        let isKnown =
            if try await request.decodeForm()["action"] == "send" {
                try await desk.services.dispatch(message, in: conversation, by: identity.principal) != nil
            } else {
                try await desk.store.discardPending(message, in: conversation, by: identity.principal)
            }
        // What was sent or discarded in another window is gone; the talk shows it.
        if !isKnown, try await desk.store.conversation(conversation, by: identity.principal) == nil {
            throw WebError.notFound
        }
        return .redirect(to: "/conversations/\(conversation.text)#end")
    }

    /// All of a tool's result, as a file of plain text: whatever a tool brought is never a page of ours.
    func result(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let call = context.parameters.get("call") ?? ""
        let found = try await desk.store.toolResult(call, of: context.identifier("id"), by: identity.principal)
        guard let result = found else { throw WebError.notFound }
        let name = call.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/plain; charset=utf-8",
                .contentDisposition: "attachment; filename=\"\(name).txt\"",
            ],
            body: .init(byteBuffer: ByteBuffer(string: result))
        )
    }

    /// What models were sent for a run.
    func requests(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let id = try context.identifier("id")
        let voice = try desk.voice(context)
        guard let requests = try await desk.store.modelRequests(of: id, by: identity.principal) else {
            throw WebError.notFound
        }
        let view = RequestsView(
            page: desk.frame(
                voice.words["sent.title"],
                .conversations,
                request: request,
                context: context,
                voice: voice
            ),
            run: id,
            requests: requests,
            voice: voice
        )
        return try desk.page(view, context: context)
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

extension CallReply {
    /// Of the forms that ask for it: a question has no decision unless it is skipped, and free text stands for a choice.
    init(_ form: Form) {
        self.init(
            decision: form["decision"].isEmpty ? nil : form["decision"],
            answer: form["answer"].isEmpty ? form.trimmed("text") : form["answer"],
            note: form.trimmed("note"),
            input: form.has("input") ? form["input"] : nil,
            isRemembered: form["remember"] == "1"
        )
    }
}

extension ToolQuestion.Draft {
    fileprivate init(_ call: String, _ form: Form, _ error: WebError, voice: Voice) {
        let detail = error.details.first
        let text = detail?.field == "answer" ? voice.words["question.wrong"] : ""
        self.init(
            callID: call,
            choice: form["answer"],
            text: form.has("note") ? form["note"] : form["text"],
            input: form["input"],
            error: text.isEmpty
                ? voice.notAccepted(detail?.message ?? error.message) : text
        )
    }
}
