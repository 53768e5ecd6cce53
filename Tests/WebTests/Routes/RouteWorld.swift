import Engine
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Postgres
import Storage
import Testing
import Web

/// Somebody who sends requests: with a token to the API, with cookies and the forms' proof to pages.
struct RouteCaller: Sendable {
    let name: String
    /// To the API, instead of a token.
    var key: String?
    var token: String?
    var session: String?
    /// What a form carries: the session's own, or what the sign-in page gave out. Whoever has lost the session has loaded
    /// that page again: that the form is not ours is not why they shall be refused.
    var proof = Self.anonymousProof

    private static let anonymousProof = "proof-of-somebody-who-is-not-signed-in"

    static let anonymous = RouteCaller(name: "anonymous")

    /// With the old cookie and token, and the proof of the page that is left.
    var signedOut: RouteCaller { RouteCaller(name: name, token: token, session: session) }

    var cookies: String {
        ["alma_csrf=\(Self.anonymousProof)", session.map { "alma_session=\($0)" }].compactMap { $0 }
            .joined(separator: "; ")
    }
}

/// A server on which a member owns one of everything, with all the others who may ask for it.
struct RouteWorld: Sendable {
    static let password = "correct-horse-9"

    /// A form with a file in it.
    static let upload =
        "--part\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nhello\r\n--part--\r\n"

    let site: TestSite
    private let cast: Cast

    var member: RouteCaller { cast.member }
    var stranger: RouteCaller { cast.stranger }
    var superuser: RouteCaller { cast.superuser }
    var revoked: RouteCaller { cast.revoked }
    var suspended: RouteCaller { cast.suspended }
    /// The stranger's, one for each scope; that of an administrator is the superuser's.
    var keys: [APIKey.Scope: RouteCaller] { cast.keys }
    /// The member's ids by what they are of.
    var things: [String: String] { cast.things }

    /// Who is in a world, and what there is: the same in all its copies.
    struct Cast: Sendable {
        var member: RouteCaller
        var stranger: RouteCaller
        var superuser: RouteCaller
        var revoked: RouteCaller
        var suspended: RouteCaller
        var keys: [APIKey.Scope: RouteCaller]
        var things: [String: String]
    }

    /// Made once: to make one takes longer than most tests that want one.
    private static let origin = Task {
        try await TestDatabase.origin { database in
            try await TestServer.serve(database) { try await cast(at: $0) }
        }
    }

    /// A world of a test's own.
    static func run(
        rateLimits: RateLimits = RateLimits(),
        _ body: @escaping @Sendable (RouteWorld) async throws -> Void
    ) async throws {
        let (name, cast) = try await origin.value
        try await TestServer.runSite(rateLimits: rateLimits, copyOf: name) { site in
            try await body(RouteWorld(site: site, cast: cast))
        }
    }

    /// The request that a rule describes; what it names is the member's, whoever asks.
    func answer(_ rule: RouteRule, to caller: RouteCaller, with more: HTTPFields = [:]) async throws -> Answer {
        let path = rule.path.replacing(#/\{(id|name)\}/#, with: things[rule.thing] ?? "")
        return try await answer(rule.method, path + rule.query, body: rule.body, to: caller, with: more)
    }

    /// Replaces `{names}` in address and body.
    func answer(
        _ method: HTTPRequest.Method,
        _ path: String,
        body: String?,
        to caller: RouteCaller,
        with more: HTTPFields = [:]
    ) async throws -> Answer {
        let isForAPI = path.hasPrefix("/v1/") || path == "/mcp" || path.hasPrefix("/openai/")
        var headers = more
        var body = try await filled(body ?? "")
        if isForAPI {
            if let token = caller.token { headers[.authorization] = "Bearer \(token)" }
            headers[.apiKey] = caller.key
            if body.hasPrefix("{") { headers[.contentType] = "application/json" }
            if body.hasPrefix("--part") { headers[.contentType] = "multipart/form-data; boundary=part" }
        } else {
            headers[.cookie] = caller.cookies
            body += "&csrf=" + caller.proof
            headers[.contentType] = "application/x-www-form-urlencoded"
        }
        let answer = try await site.client.execute(
            uri: filled(path),
            method: method,
            headers: headers,
            body: method == .get ? nil : ByteBuffer(string: body)
        ) { Answer($0) }
        try await Contract.of(site.client).check(method, filled(path), answer)
        return answer
    }

    private func filled(_ text: String) async throws -> String {
        var values = things
        values["email"] = "member@example.com"
        values["password"] = Self.password
        values["newcomer"] = "\(UUID().uuidString.lowercased())@example.com"
        if text.contains("{refresh}"), let owner = values["user"].flatMap({ UUID(uuidString: $0) }) {
            values["refresh"] = try await site.store.issueRefreshToken(user: owner).token.reveal()
        }
        return values.reduce(text) { $0.replacing("{\($1.key)}", with: $1.value) }
    }
}

extension RouteWorld {
    /// Somebody whose role holds some of an administrator's permissions.
    func caller(_ role: AccountRole) async throws -> RouteCaller {
        let user = try await Self.person(role.rawValue, at: site)
        try await site.database.administrator.query(
            "update users set role = \(role.rawValue) where user_id = \(user.id)"
        )
        return try await Self.caller(role.rawValue, user, at: site)
    }

    /// Nobody runs an organisation any more: the member is an account like any other, which a manager may rule.
    func leaveOrganisations() async throws {
        try await site.database.administrator.query(
            "delete from memberships m using organisations o where o.org_id = m.org_id and not o.is_personal"
        )
    }
}
