import Engine
import Fetch
import Foundation

/// Asks a running server as a person's program, for commands that need no database.
struct ServerClient: Sendable {
    /// The most that an answer may hold.
    private static let limit = 16 * 1024 * 1024

    private let fetch: FetchClient
    private let server: String
    private var token: String?

    init(_ fetch: FetchClient, server: String, token: String? = nil) {
        self.fetch = fetch
        self.server = server.hasSuffix("/") ? String(server.dropLast()) : server
        self.token = token
    }

    /// `data` of the answer. Throws `ServerRefusal`.
    func get(_ path: String) async throws(ServerRefusal) -> JSONValue { try await send("GET", path, nil, nil) }

    func post(_ path: String, _ body: JSONValue) async throws(ServerRefusal) -> JSONValue {
        try await send("POST", path, "application/json", body.text)
    }

    /// Tokens for an e-mail address and a password.
    func signIn(email: String, password: Secret) async throws(ServerRefusal) -> JSONValue {
        let form = "username=\(Self.encoded(email))&password=\(Self.encoded(password.reveal()))"
        return try await send("POST", "/v1/login/access-token", "application/x-www-form-urlencoded", form)
    }

    private func send(
        _ method: String,
        _ path: String,
        _ contentType: String?,
        _ body: String?
    ) async throws(ServerRefusal) -> JSONValue {
        var request = FetchRequest(method: method, url: server + path, totalTimeout: .seconds(60))
        request.headers = [("Accept", "application/json")]
        if let token { request.headers.append(("Authorization", "Bearer \(token)")) }
        if let contentType { request.headers.append(("Content-Type", contentType)) }
        request.body = body.map { Array($0.utf8) }
        let status: Int
        let answer: JSONValue
        do {
            let response = try await fetch.send(request)
            let text = String(decoding: try await response.collect(upTo: Self.limit), as: UTF8.self)
            (status, answer) = (response.status, (try? JSONValue(parsing: text)) ?? .null)
        } catch let error as FetchError {
            throw ServerRefusal(.unreachable, "\(server) does not answer: \(error.message).")
        } catch {
            throw ServerRefusal(.unreachable, "\(server) does not answer.")
        }
        guard (200..<300).contains(status), let data = answer["data"] else {
            throw ServerRefusal(status: status, answer["error"])
        }
        return data
    }

    /// Everything but letters and digits as bytes.
    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}

/// Why a server did not do what it was asked for; the raw values of the codes are what a command ends with.
struct ServerRefusal: Error, CustomStringConvertible {
    enum Code: Int32, Sendable { case refused = 1, unreachable = 2, signIn = 3 }

    var code: Code
    var description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    init(status: Int, _ error: JSONValue?) {
        let details = (error?["details"]?.array ?? []).compactMap { detail in
            detail["message"]?.string.map { "\(detail["field"]?.string ?? ""): \($0)" }
        }
        let message = error?["message"]?.string ?? "The server answered with status \(status)."
        self.init(status == 401 ? .signIn : .refused, ([message] + details).joined(separator: "\n  "))
    }
}
