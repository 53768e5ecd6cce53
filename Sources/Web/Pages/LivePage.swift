import Engine
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Storage

/// The growing part of a conversation's page as server-sent events: blocks of HTML, the line below them, the end.
struct LivePage: Sendable {
    let desk: Desk

    func follow(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let conversation = try context.identifier("id")
        guard let id = UUID(uuidString: request.query("run")),
            let run = try await desk.store.run(id, by: identity.principal), run.conversationID == conversation
        else { throw WebError.notFound }
        let voice = try desk.voice(context)
        var reader = ThreadReader(desk: desk, identity: identity, csrf: context.csrfToken, voice: voice)
        reader.isForRun = request.query("whole") == "1"
        let stream = LiveStream(
            desk: desk,
            reader: reader,
            run: run,
            known: try RunRoutes.place(in: request),
            pass: try desk.services.openStream(for: identity, conversation: conversation)
        )
        return Response(
            status: .ok,
            headers: EventStreamResponse.headers,
            body: ResponseBody { writer in
                try await stream.write(to: &writer)
                try await writer.finish(nil)
            }.offTheLoop
        )
    }
}
