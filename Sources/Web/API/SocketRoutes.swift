import Crypto
import Engine
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Storage

/// `/v1/ws`: a conversation over a WebSocket, and the tickets by which one is opened.
struct SocketRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .post,
            "/v1/ws/tickets",
            .conversations,
            "Makes a ticket for a socket",
            about: "It opens one, once, within half a minute, and may stand in an address.",
            replies: [.object(.ticket, .created)],
            errors: [.conflict],
            // What would be kept for a repetition opens a socket.
            key: .nobody,
            use: makeTicket
        )
        Endpoint(
            .get,
            "/v1/ws/chat/{id}",
            .conversations,
            "Opens a WebSocket on a conversation",
            about:
                "Whoever cannot send headers names a `ticket` or a `token` in the address. The client says `SocketMessage`s, the server `SocketRecord`s, one a text message: both are among the schemas.",
            query: [
                QueryField(name: "token", schema: .text.about("An access token or an API key.")),
                QueryField(name: "ticket", schema: .text.about("Made by `POST /v1/ws/tickets`.")),
                QueryField(
                    name: "after",
                    schema: .text.about(
                        "The id of the last event that you have, or its place in the newest turn's log."
                    )
                ),
            ],
            replies: [
                .socket(said: .socketMessage, heard: .socketRecord, "The connection is a WebSocket now.")
            ],
            errors: [.upgradeRequired],
            use: chat
        )
    }

    /// Of a message as it comes on a socket, in bytes: what a request's body may have.
    static let messageLimit = 1024 * 1024

    /// A ticket opens one socket, once, within half a minute; it may stand in an address.
    func makeTicket(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        guard let reader = StreamReader(identity) else { throw WebError(.unauthorized, "Sign in first.") }
        let ticket = try await services.store.makeTicket(for: reader.credential, by: identity.principal)
        let representation = JSONObject {
            $0.set("ticket", ticket.reveal())
            $0.set("expires_in", Int(Store.ticketLifetime.components.seconds))
        }
        return Envelope.success(representation, status: .created, context: context)
    }

    /// The handshake of RFC 6455: whoever may read the conversation gets a socket on it.
    func chat(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let conversation = try context.identifier("id")
        guard try await services.store.conversation(conversation, by: identity.principal) != nil else {
            throw WebError.notFound
        }
        let start = try ConversationFeed.Start(request)
        let accept = try Self.accept(request)
        let pass = try await services.openWatchingStream(for: identity, conversation: conversation)
        // The feed sees for itself what was until now; only what comes after is news.
        _ = pass.take()
        let feed = try await ConversationFeed(conversation, from: start, services: services, by: identity.principal)
        let link = SocketLink(channel: context.channel, bell: pass.bell)
        try await link.prepare(limit: Self.messageLimit)
        let session = SocketSession(
            desk: SocketDesk(services: services, identity: identity, conversation: conversation),
            link: link,
            pass: pass,
            feed: feed,
            request: context.requestID,
            logger: context.logger
        )
        return Response(
            status: .switchingProtocols,
            headers: [.upgrade: "websocket", .connection: "upgrade", .secWebSocketAccept: accept],
            body: ResponseBody { _ in
                link.open()
                var session = session
                await session.run(isResumed: start != .now)
            }
        )
    }

    private static func accept(_ request: Request) throws(WebError) -> String {
        let headers = request.headers
        let wishes = (headers[.connection] ?? "").lowercased().split(separator: ",").map(\.trimmed)
        guard request.method == .get, headers[.upgrade]?.lowercased() == "websocket", wishes.contains("upgrade"),
            headers[.secWebSocketVersion] == "13"
        else { throw WebError(.upgradeRequired, "Open this address as a WebSocket, version 13.") }
        let key = headers[.secWebSocketKey] ?? ""
        guard Data(base64Encoded: key)?.count == 16 else {
            throw WebError(.badRequest, "Sec-WebSocket-Key is 16 bytes in base64.")
        }
        let hash = Insecure.SHA1.hash(data: Data((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))
        return Data(hash).base64EncodedString()
    }
}

extension Substring {
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespaces) }
}

extension Schema {
    fileprivate static let ticket = object(
        "Ticket",
        [.text("ticket", "Shown once."), .integer("expires_in", "Seconds.")]
    )
}
