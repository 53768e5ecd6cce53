package import Engine
package import Foundation
package import Hummingbird
package import NIOCore
package import Storage

/// What is known of one request: who asks, in which language and look, and the proof that its forms are ours.
package struct WebContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The client's, behind proxies that are trusted; else whoever is connected.
    package var remoteAddress: String?
    package var identity: Identity?
    package var language: Language = .english
    /// `light` or `dark`; nil follows the system.
    package var theme: String?
    /// What stands on all pages, and the announcement among it that this browser has put away.
    var notice = SiteNotice()
    var dismissedAnnouncement = ""
    /// Stands in the hidden field `csrf` of every form.
    package var csrfToken = ""
    /// The client's `X-Request-Id` when it is sane, else our own.
    package var requestID = ""
    /// Why nobody was let in, where that was found out before the request was counted: it is told behind.
    var refusal: (any Error)?
    /// The parameters that the endpoint has declared for its query.
    var queryNames: Set<String> = []
    /// Whether the answer says by an `ETag` what it is of.
    var isTagged = false
    /// Whether a `HEAD` was sent, of which the rest sees a `GET`: nothing leaves, and nothing may come of it.
    var isHead = false
    /// The connection.
    package let channel: any Channel

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
        remoteAddress = source.channel.remoteAddress?.ipAddress
        requestID = "req_" + id
    }

    package var maxUploadSize: Int { 1024 * 1024 }
}

/// A signed-in person: by cookie with a session, or by a token or a key without one. A class, because every call on the way
/// to an answer holds it.
package final class Identity: Sendable {
    package let user: User
    package let principal: Principal
    package let session: Session?
    /// The access token by which a program asks.
    package let token: AccessGrant?
    /// The API key by which a program asks.
    package let key: APIKey?

    package init(
        user: User,
        principal: Principal,
        session: Session? = nil,
        token: AccessGrant? = nil,
        key: APIKey? = nil
    ) {
        self.user = user
        self.principal = principal
        self.session = session
        self.token = token
        self.key = key
    }
}

extension WebContext {
    /// The signed-in person; a page answers with the sign-in form, the API with 401.
    package func signedIn() throws(WebError) -> Identity {
        guard let identity else { throw WebError(.unauthorized, "Sign in first.") }
        return identity
    }

    /// The person's own business: no key of theirs does it.
    package func inPerson() throws(WebError) -> Identity {
        let identity = try signedIn()
        guard identity.key == nil else { throw WebError(.forbidden, "An API key may not do this.") }
        return identity
    }

    /// Somebody whose role holds `permission`.
    package func permitted(_ permission: Permission) throws(WebError) -> Identity {
        let identity = try signedIn()
        guard identity.principal.may(permission) else {
            throw WebError(.forbidden, "This needs the permission \(permission.rawValue).")
        }
        return identity
    }

    package func superuser() throws(WebError) -> Identity { try permitted(.systemManage) }

    /// The path's id called `name`; one that is no UUID names nothing, so it is not found.
    package func identifier(_ name: String) throws(WebError) -> UUID {
        guard let text = parameters.get(name), let id = UUID(uuidString: text) else { throw WebError.notFound }
        return id
    }
}
