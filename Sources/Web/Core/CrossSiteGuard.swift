import Crypto
import Engine
import Foundation
import HTTPTypes
package import Hummingbird

/// Refuses forms that another site made: the origin must be ours and the hidden field must match the session's token
/// (or, before signing in, the cookie's). The API needs none of it, because it takes no cookies. Refuses those of our own,
/// too, whose page shows another organisation than the one that they would act in.
struct CrossSiteGuard: RouterMiddleware {
    let settings: WebSettings

    func handle(
        _ request: Request,
        context: WebContext,
        next: @concurrent (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        // A page of another site that reaches this machine through a browser has no key, and is not let near.
        // Nor does one get a socket, whatever token it holds.
        if request.isForMCP || request.isForSocket, let origin = request.headers[.origin],
            !(request.isForSocket && settings.corsOrigins.contains(origin))
        {
            try checkOrigin(request)
        }
        if request.isForAPI { return try await next(request, context) }
        if isSafe(request.method) { return try await answerWithToken(request, context: context, next: next) }
        try checkOrigin(request)
        // Read as it comes by `UploadReader`, which checks the proof before it keeps anything.
        if request.hasFiles, request.takesFiles { return try await next(request, context) }
        var request = request
        let body = try await request.collectForm(upTo: context.maxUploadSize)
        let sent = Form(body: String(buffer: body))["csrf"]
        try Self.check(sent, against: context.csrfToken, isAnywhere: request.isOfNoOrganisation)
        return try await next(request, context)
    }

    /// `proof` is what the hidden field of a form of ours says. A form that does the same wherever its person works may come
    /// from the page of another organisation: it `isAnywhere`.
    static func check(_ sent: String, against proof: String, isAnywhere: Bool = false) throws(WebError) {
        let (sent, proof) = (FormProof(sent), FormProof(proof))
        guard !proof.secret.isEmpty, equalInConstantTime(sent.secret, proof.secret) else {
            throw WebError(
                .forbidden,
                "This form is out of date. Go back, load the page again, then send it once more."
            )
        }
        guard isAnywhere || sent.organisation == proof.organisation else { throw WebError.otherOrganisation }
    }

    /// Somebody who is not signed in gets the token that their first form will need.
    private func answerWithToken(
        _ request: Request,
        context: WebContext,
        next: @concurrent (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        guard context.csrfToken.isEmpty, !request.uri.path.hasPrefix("/assets/") else {
            return try await next(request, context)
        }
        var context = context
        context.csrfToken = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0).base64URL }
        var response = try await next(request, context)
        if context.identity == nil, response.headers[.contentType]?.hasPrefix("text/html") == true {
            response.setCookie(SessionCookies(secure: settings.secureCookies).csrf(context.csrfToken))
        }
        return response
    }

    private func isSafe(_ method: HTTPRequest.Method) -> Bool {
        method == .get || method == .head || method == .options
    }

    private func checkOrigin(_ request: Request) throws(WebError) {
        let elsewhere = WebError(.forbidden, "This form came from another site and was not accepted.")
        if let origin = request.headers[.origin] {
            guard isOurs(origin, host: request.head.authority ?? "") else { throw elsewhere }
        } else if let site = request.headers[.fetchSite], site != "same-origin", site != "none" {
            throw elsewhere
        }
    }

    private func isOurs(_ origin: String, host: String) -> Bool {
        if let publicURL = settings.publicURL, origin == publicURL.trimmingSuffix("/") { return true }
        guard let separator = origin.range(of: "://") else { return false }
        return origin[separator.upperBound...].lowercased() == host.lowercased()
    }

    private static func equalInConstantTime(_ one: Substring, _ other: Substring) -> Bool {
        let (left, right) = (Array(one.utf8), Array(other.utf8))
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

extension Request {
    /// Whether its form does the same in whichever organisation the browser works: it has none to do with, or names it in its
    /// address.
    fileprivate var isOfNoOrganisation: Bool {
        let parts = uri.path.split(separator: "/")
        // One's account is the same everywhere: whoever ends a stolen session must not be held up.
        if parts.first == "settings" {
            return ["profile", "password", "sessions"].contains(parts.dropFirst().first ?? "")
        }
        return [
            "sign-out", "preferences", "announcement", "join", "organisations", "verification", "password",
        ].contains(parts.first ?? "")
    }

    /// The body of a form, kept for the handler that reads it again.
    fileprivate mutating func collectForm(upTo limit: Int) async throws -> ByteBuffer {
        let type = headers[.contentType] ?? ""
        guard type.hasPrefix("application/x-www-form-urlencoded") else {
            throw WebError(.unsupportedMediaType, "Send this form as application/x-www-form-urlencoded.")
        }
        let buffer = try await boundedBody(upTo: limit)
        body = RequestBody(buffer: buffer)
        return buffer
    }
}

extension Data {
    var base64URL: String {
        base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
