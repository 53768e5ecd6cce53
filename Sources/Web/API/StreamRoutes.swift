import Foundation
import Hummingbird
import Storage

/// Event streams of more than one run: of a conversation, and of all that concerns a person. `?follow=false` tells what there
/// is and ends.
struct StreamRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .get,
            "/v1/conversations/{id}/events",
            .conversations,
            "Streams the events of a conversation",
            about:
                "All runs of it: the turn that is under way and every one after it, or all since the event of `Last-Event-ID` or `after`.",
            query: [
                QueryField(
                    name: "after",
                    schema: .text.about(
                        "The id of the last event that you have, or its place in the newest turn's log, or the run of the turn to begin with."
                    )
                ), Self.follow.field,
            ],
            replies: [.events()],
            use: conversation
        )
        Endpoint(
            .get,
            "/v1/events",
            .account,
            "Streams what concerns you",
            about:
                "States of runs, questions, budget warnings and new titles, wherever they happen. What happened since the event of `Last-Event-ID` or `after` is told, when that is not older than a day.",
            query: [
                QueryField(name: "after", schema: .text.about("The id of the last event that you have.")),
                Self.follow.field,
            ],
            replies: [.events(of: .event(of: .personRecord))],
            use: person
        )
    }

    private static let follow = QueryParameter<Bool>.flag(
        "follow",
        "Whether to go on when all that there is has been told."
    )

    /// All runs of a conversation, as `Last-Event-ID` or `?after=` says from where on.
    func conversation(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let conversation = try context.identifier("id")
        guard try await services.store.conversation(conversation, by: identity.principal) != nil else {
            throw WebError.notFound
        }
        let start = try ConversationFeed.Start(request)
        let follows = try context.query(Self.follow, of: request) ?? true
        let pass = try await services.openWatchingStream(for: identity, conversation: conversation)
        let feed = try await ConversationFeed(
            conversation,
            from: start,
            services: services,
            by: identity.principal
        )
        return EventStreamResponse(services: services, pass: pass, follows: follows).response(feed)
    }

    /// States of runs, questions, budget warnings and titles, wherever they happen.
    func person(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let text = try EventStreamResponse.place(in: request)
        let place = text.flatMap(UserEventPlace.init)
        guard text == nil || place != nil else {
            throw WebError.invalid("after", "Use the id of the last event that you have.")
        }
        let follows = try context.query(Self.follow, of: request) ?? true
        let pass = try await services.openWatchingStream(for: identity, conversation: nil)
        let feed = try await UserFeed(after: place, services: services, by: identity.principal)
        return EventStreamResponse(services: services, pass: pass, follows: follows).response(feed)
    }
}
