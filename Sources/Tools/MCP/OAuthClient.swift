import Engine
import Fetch
import Foundation

/// Gets tokens for an MCP server from its authorisation server: found by the resource's metadata (RFC 9728) and the
/// server's own (RFC 8414), registered with (RFC 7591), asked by code with PKCE, bound to the resource (RFC 8707).
struct OAuthClient: Sendable {
    private static let longestAnswer = 256 * 1024
    private static let patience = Duration.seconds(15)
    private static let wayBack: TimeInterval = 600

    let client: FetchClient
    let addresses: AddressPolicy

    /// Where to send the browser, and what has to be kept until it comes back. `challenge`: what the MCP server said when it
    /// refused (`WWW-Authenticate`). Throws `MCPFailure`.
    func begin(
        _ server: MCPServer,
        refusal: String,
        _ authorisation: MCPAuthorisation
    ) async throws -> (url: String, grant: MCPGrant) {
        let resource = try await resourceMetadata(server, refusal)
        let issuer = resource?["authorization_servers"]?.array?.first?.string ?? Self.origin(of: server.place)
        let metadata = try await serverMetadata(issuer)
        guard let endpoint = metadata["authorization_endpoint"]?.string, let token = metadata["token_endpoint"]?.string,
            (metadata["code_challenge_methods_supported"]?.array ?? []).contains(.string("S256"))
        else { throw Self.failure("Its authorisation server does not offer what is needed (codes with PKCE).") }
        let scope = Self.parameter("scope", of: refusal) ?? resource?["scopes_supported"]?.array.map(Self.joined)
        var grant = try await register(metadata, server, scope, authorisation, tokenEndpoint: token)
        grant.pending = MCPGrant.Pending(
            state: authorisation.state,
            verifier: authorisation.verifier,
            redirectURI: authorisation.redirectURI,
            expiresAt: Date().addingTimeInterval(Self.wayBack)
        )
        var fields = [
            ("response_type", "code"), ("client_id", grant.clientID), ("redirect_uri", authorisation.redirectURI),
            ("state", authorisation.state), ("code_challenge", authorisation.challenge),
            ("code_challenge_method", "S256"), ("resource", grant.resource),
        ]
        if let scope, !scope.isEmpty { fields.append(("scope", scope)) }
        guard (try? WebAddress(endpoint)) != nil else {
            throw Self.failure("Its authorisation server has no address to send a browser to.")
        }
        return (endpoint + (endpoint.contains("?") ? "&" : "?") + Self.form(fields), grant)
    }

    /// The grant with its tokens. Throws `MCPFailure`.
    func finish(_ grant: MCPGrant, state: String, code: String) async throws -> MCPGrant {
        guard let pending = grant.pending, pending.state == state, pending.expiresAt > Date() else {
            throw Self.failure("Nobody is waited for here, or it took too long. Begin again.")
        }
        let fields = [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", pending.redirectURI),
            ("code_verifier", pending.verifier.reveal()),
        ]
        var grant = try await tokens(fields, grant)
        grant.pending = nil
        return grant
    }

    /// The grant with fresh tokens; nil when it cannot be renewed.
    func renewed(_ grant: MCPGrant) async throws -> MCPGrant? {
        guard let token = grant.refreshToken else { return nil }
        return try await tokens([("grant_type", "refresh_token"), ("refresh_token", token.reveal())], grant)
    }

    private func tokens(_ fields: [(String, String)], _ grant: MCPGrant) async throws -> MCPGrant {
        var fields = fields + [("client_id", grant.clientID), ("resource", grant.resource)]
        if let secret = grant.clientSecret { fields.append(("client_secret", secret.reveal())) }
        let body = Array(Self.form(fields).utf8)
        let type = "application/x-www-form-urlencoded"
        guard let answer = try await object("POST", grant.tokenEndpoint, body: body, type: type),
            let token = answer["access_token"]?.string
        else { throw Self.failure("Its authorisation server gave no token.") }
        var grant = grant
        grant.accessToken = Secret(token)
        grant.refreshToken = answer["refresh_token"]?.string.map { Secret($0) } ?? grant.refreshToken
        grant.expiresAt = answer["expires_in"]?.int.map { Date().addingTimeInterval(TimeInterval($0)) }
        return grant
    }

    private func register(
        _ metadata: JSONValue,
        _ server: MCPServer,
        _ scope: String?,
        _ authorisation: MCPAuthorisation,
        tokenEndpoint: String
    ) async throws -> MCPGrant {
        guard let endpoint = metadata["registration_endpoint"]?.string else {
            throw Self.failure(
                "Its authorisation server lets no program register itself. Get a token there and add it as the header Authorization."
            )
        }
        var wish: [String: JSONValue] = [
            "client_name": .string("ALMA"), "redirect_uris": .array([.string(authorisation.redirectURI)]),
            "grant_types": .array([.string("authorization_code"), .string("refresh_token")]),
            "response_types": .array([.string("code")]), "token_endpoint_auth_method": .string("none"),
        ]
        if let scope, !scope.isEmpty { wish["scope"] = .string(scope) }
        let body = Array(JSONValue.object(wish).text.utf8)
        guard let answer = try await object("POST", endpoint, body: body, type: "application/json"),
            let client = answer["client_id"]?.string
        else { throw Self.failure("Its authorisation server did not register this program.") }
        return MCPGrant(
            tokenEndpoint: tokenEndpoint,
            clientID: client,
            clientSecret: answer["client_secret"]?.string.map { Secret($0) },
            resource: server.place
        )
    }

    private func resourceMetadata(_ server: MCPServer, _ refusal: String) async throws -> JSONValue? {
        let path = Self.path(of: server.place)
        let usual = Self.origin(of: server.place) + "/.well-known/oauth-protected-resource"
        let places = [Self.parameter("resource_metadata", of: refusal), path.isEmpty ? nil : usual + path, usual]
        for place in places.compactMap({ $0 }) {
            if let found = try await object("GET", place) { return found }
        }
        return nil
    }

    private func serverMetadata(_ issuer: String) async throws -> JSONValue {
        let (origin, path) = (Self.origin(of: issuer), Self.path(of: issuer))
        let places = [
            "\(origin)/.well-known/oauth-authorization-server\(path)",
            "\(origin)/.well-known/openid-configuration\(path)",
            "\(origin)\(path)/.well-known/openid-configuration",
        ]
        for place in places {
            if let found = try await object("GET", place), Self.isSame(found["issuer"]?.string, issuer) { return found }
        }
        throw Self.failure("It wants authorisation, and where that is given could not be found out.")
    }

    /// nil when the answer is no success or no object.
    private func object(
        _ method: String,
        _ url: String,
        body: [UInt8]? = nil,
        type: String? = nil
    ) async throws -> JSONValue? {
        var request = FetchRequest(method: method, url: url, headers: [("Accept", "application/json")], body: body)
        if let type { request.headers.append(("Content-Type", type)) }
        request.addresses = addresses
        request.totalTimeout = Self.patience
        request.maximumBytes = Self.longestAnswer
        do {
            let response = try await client.send(request)
            let bytes = try await response.collect(upTo: Self.longestAnswer)
            guard (200..<300).contains(response.status) else { return nil }
            let value = try? JSONValue(parsing: String(decoding: bytes, as: UTF8.self))
            return value?.object == nil ? nil : value
        } catch let error as FetchError {
            if method == "GET", error.code != .blockedAddress { return nil }
            throw Self.failure("The authorisation server cannot be reached: \(error.message).")
        }
    }
}

// MARK: - Words and addresses

extension OAuthClient {
    private static func failure(_ message: String) -> MCPFailure { MCPFailure(.connection, message) }

    /// `name="value"` or `name=value` of a `WWW-Authenticate`.
    static func parameter(_ name: String, of header: String) -> String? {
        guard let start = header.range(of: name + "=")?.upperBound else { return nil }
        let rest = header[start...]
        if rest.hasPrefix("\"") { return String(rest.dropFirst().prefix { $0 != "\"" }) }
        return String(rest.prefix { $0 != "," && $0 != " " })
    }

    private static func joined(_ scopes: [JSONValue]) -> String { scopes.compactMap(\.string).joined(separator: " ") }

    private static func origin(of url: String) -> String { (try? WebAddress(url))?.withoutPath ?? url }

    /// Without a slash at its end; empty for the root.
    private static func path(of url: String) -> String {
        var path = URLComponents(string: url)?.percentEncodedPath ?? ""
        while path.hasSuffix("/") { path.removeLast() }
        return path
    }

    private static func isSame(_ issuer: String?, _ other: String) -> Bool {
        func plain(_ text: String) -> String { text.hasSuffix("/") ? String(text.dropLast()) : text }
        return issuer.map { plain($0) == plain(other) } ?? false
    }

    static func form(_ fields: [(String, String)]) -> String {
        let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
        func escaped(_ text: String) -> String {
            text.utf8.map { plain.contains($0) ? String(UnicodeScalar($0)) : String(format: "%%%02X", $0) }.joined()
        }
        return fields.map { "\(escaped($0.0))=\(escaped($0.1))" }.joined(separator: "&")
    }
}

extension WebAddress {
    /// As it stands in addresses: without the port that goes without saying.
    fileprivate var withoutPath: String {
        let usual = scheme == "https" ? 443 : 80
        return "\(scheme)://\(host)" + (port == usual ? "" : ":\(port)")
    }
}
