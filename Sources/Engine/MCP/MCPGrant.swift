package import Foundation

/// What an authorisation server gave for an MCP server, and how to get more of it. Kept sealed.
package struct MCPGrant: Sendable, Equatable {
    /// Somebody is on the way through their browser.
    package struct Pending: Sendable, Equatable {
        package var state: String
        package var verifier: Secret
        package var redirectURI: String
        package var expiresAt: Date

        package init(state: String, verifier: Secret, redirectURI: String, expiresAt: Date) {
            self.state = state
            self.verifier = verifier
            self.redirectURI = redirectURI
            self.expiresAt = expiresAt
        }
    }

    package var tokenEndpoint: String
    package var clientID: String
    package var clientSecret: Secret?
    /// The MCP server's address: the tokens are for it alone.
    package var resource: String
    package var accessToken: Secret?
    package var refreshToken: Secret?
    package var expiresAt: Date?
    package var pending: Pending?

    package init(tokenEndpoint: String, clientID: String, clientSecret: Secret?, resource: String) {
        self.tokenEndpoint = tokenEndpoint
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.resource = resource
    }
}

extension MCPGrant {
    /// As it is sealed.
    package var json: Secret {
        func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
        var members: [String: JSONValue] = [
            "token_endpoint": .string(tokenEndpoint), "client_id": .string(clientID),
            "client_secret": text(clientSecret?.reveal()), "resource": .string(resource),
            "access_token": text(accessToken?.reveal()), "refresh_token": text(refreshToken?.reveal()),
            "expires_at": text(expiresAt?.iso8601Milliseconds),
        ]
        if let pending {
            members["pending"] = .object([
                "state": .string(pending.state), "verifier": .string(pending.verifier.reveal()),
                "redirect_uri": .string(pending.redirectURI),
                "expires_at": .string(pending.expiresAt.iso8601Milliseconds),
            ])
        }
        return Secret(JSONValue.object(members).text)
    }

    /// nil of what is none.
    package init?(json: Secret) {
        guard let value = try? JSONValue(parsing: json.reveal()), let endpoint = value["token_endpoint"]?.string,
            let client = value["client_id"]?.string, let resource = value["resource"]?.string
        else { return nil }
        func secret(_ name: String) -> Secret? { value[name]?.string.map { Secret($0) } }
        func date(_ value: JSONValue?) -> Date? {
            value?.string.flatMap { try? Date($0, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)) }
        }
        self.init(tokenEndpoint: endpoint, clientID: client, clientSecret: secret("client_secret"), resource: resource)
        accessToken = secret("access_token")
        refreshToken = secret("refresh_token")
        expiresAt = date(value["expires_at"])
        if let waiting = value["pending"], let state = waiting["state"]?.string,
            let verifier = waiting["verifier"]?.string, let redirect = waiting["redirect_uri"]?.string,
            let end = date(waiting["expires_at"])
        {
            pending = Pending(state: state, verifier: Secret(verifier), redirectURI: redirect, expiresAt: end)
        }
    }
}

/// What an administrator's browser is sent away with, and what is kept here meanwhile.
package struct MCPAuthorisation: Sendable {
    /// Comes back with the browser.
    package var state: String
    /// Kept, and shown to the authorisation server at the end.
    package var verifier: Secret
    /// The verifier's SHA-256 in base64url.
    package var challenge: String
    /// Where the browser comes back to.
    package var redirectURI: String

    package init(state: String, verifier: Secret, challenge: String, redirectURI: String) {
        self.state = state
        self.verifier = verifier
        self.challenge = challenge
        self.redirectURI = redirectURI
    }
}
