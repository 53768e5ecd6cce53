package import Engine
package import Foundation
package import Hummingbird
import Storage

/// A run's log as server-sent events, for one reader who must stay allowed to read it.
package struct RunStream: Sendable {
    private let services: WebServices
    private let identity: Identity

    package init(services: WebServices, identity: Identity) {
        self.services = services
        self.identity = identity
    }

    package func response(run: UUID, after place: Int64) throws -> Response {
        let pass = try services.openStream(for: identity, conversation: nil)
        let reader = RunReader(hub: services.hub, journal: services.store, run: run, after: place)
        return EventStreamResponse(services: services, pass: pass).response(RunFeed(reader))
    }
}

extension WebServices {
    /// A reader's place among the open streams. Throws when the person has too many.
    func openStream(for identity: Identity, conversation: UUID?) throws(WebError) -> StreamPass {
        guard let reader = StreamReader(identity) else { throw WebError(.unauthorized, "Sign in first.") }
        return try streams.open(reader, conversation: conversation)
    }

    /// The same for what others may change: it is announced from now on.
    func openWatchingStream(for identity: Identity, conversation: UUID?) async throws -> StreamPass {
        let pass = try openStream(for: identity, conversation: conversation)
        if let reader = StreamReader(identity) {
            try await streams.watch(StreamPerson(user: reader.user, organisation: reader.organisation), in: store)
        }
        return pass
    }
}
