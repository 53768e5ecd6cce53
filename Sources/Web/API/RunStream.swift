package import Engine
package import Foundation
import HTTPTypes
package import Hummingbird
import NIOCore
import Storage

/// A run's log as server-sent events, for one reader who must stay allowed to read it.
package struct RunStream: Sendable {
    private let services: WebServices
    private let identity: Identity

    package init(services: WebServices, identity: Identity) {
        self.services = services
        self.identity = identity
    }

    package func response(run: UUID, after place: Int64) -> Response {
        let watch = services.hub.watch(
            run: run,
            after: place,
            from: services.store,
            tick: EventStreamResponse.recheckInterval
        )
        return Response(
            status: .ok,
            headers: EventStreamResponse.headers,
            body: ResponseBody { [services, identity] writer in
                var pulse = StreamPulse(services: services, identity: identity)
                try await writer.write(ByteBuffer(string: "retry: 1000\n\n"))
                for try await events in watch {
                    guard try await pulse.mayGoOn() else { break }
                    var buffer = ByteBuffer()
                    EventStreamResponse.write(events, to: &buffer)
                    if events.isEmpty, pulse.isSilent() { buffer.writeString(": still here\n\n") }
                    if buffer.readableBytes > 0 {
                        pulse.wrote()
                        try await writer.write(buffer)
                    }
                }
                try await writer.finish(nil)
            }
        )
    }
}

/// What a long stream must not forget: to ask again whether its reader may read, and to break the silence.
package struct StreamPulse: Sendable {
    private let services: WebServices
    private let identity: Identity
    private let clock = ContinuousClock()
    private var checkedAt: ContinuousClock.Instant
    private var wroteAt: ContinuousClock.Instant

    package init(services: WebServices, identity: Identity) {
        self.services = services
        self.identity = identity
        checkedAt = clock.now
        wroteAt = clock.now
    }

    /// False once the person was disabled, or the session or the token ended; looked up at most every five seconds.
    package mutating func mayGoOn() async throws -> Bool {
        guard clock.now - checkedAt >= EventStreamResponse.recheckInterval else { return true }
        checkedAt = clock.now
        if let token = identity.token, token.expiresAt <= Date() { return false }
        return try await services.store.isStillAllowed(
            user: identity.user.id,
            session: identity.session?.id,
            tokenTime: identity.token?.issuedAt,
            family: identity.token?.family,
            key: identity.key?.id
        )
    }

    package func isSilent() -> Bool { clock.now - wroteAt >= EventStreamResponse.heartbeatInterval }

    package mutating func wrote() { wroteAt = clock.now }
}
