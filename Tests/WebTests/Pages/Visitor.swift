import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore

/// A browser without scripts: keeps cookies, follows redirects, fills in the hidden proof of the form it saw last.
final class Visitor {
    private let client: any TestClientProtocol
    private var cookies: [String: String] = [:]
    private(set) var proof = ""
    /// The address that the last answer led to.
    private(set) var address = ""

    init(_ caller: Caller) { client = caller.client }

    @discardableResult
    func get(_ path: String, headers: HTTPFields = [:]) async throws -> Answer {
        try await follow(call(.get, path, body: nil, headers: headers))
    }

    /// Sends a form as the page that was seen last would.
    @discardableResult
    func post(_ path: String, _ fields: [(String, String)] = [], headers: HTTPFields = [:]) async throws -> Answer {
        try await follow(submit(path, fields, headers: headers))
    }

    /// Sends a form and stays where the answer is.
    func submit(
        _ path: String,
        _ fields: [(String, String)] = [],
        proof other: String? = nil,
        headers: HTTPFields = [:]
    ) async throws -> Answer {
        var headers = headers
        headers[.contentType] = "application/x-www-form-urlencoded"
        let body = ([("csrf", other ?? proof)] + fields).map { "\(encoded($0))=\(encoded($1))" }.joined(separator: "&")
        return try await call(.post, path, body: ByteBuffer(string: body), headers: headers)
    }

    /// Sends a form with files in it and stays where the answer is.
    func submitFiles(
        _ path: String,
        _ fields: [(String, String)],
        _ files: [(name: String, bytes: [UInt8])],
        proof other: String? = nil
    ) async throws -> Answer {
        var body = ByteBuffer()
        for (name, value) in [("csrf", other ?? proof)] + fields {
            body.writeString("--part\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n")
        }
        for (name, bytes) in files {
            body.writeString(
                "--part\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(name)\"\r\n\r\n"
            )
            body.writeBytes(bytes)
            body.writeString("\r\n")
        }
        body.writeString("--part--\r\n")
        return try await call(
            .post,
            path,
            body: body,
            headers: [.contentType: "multipart/form-data; boundary=part"]
        )
    }

    func look(_ path: String, headers: HTTPFields = [:]) async throws -> Answer {
        try await call(.get, path, body: nil, headers: headers)
    }

    func head(_ path: String) async throws -> Answer {
        try await call(.head, path, body: nil, headers: [:])
    }

    /// Registers by the form; leads to the home page.
    func register(_ name: String) async throws {
        try await get("/register")
        let fields = [("email", "\(name)@example.com"), ("password", "correct horse 9"), ("nickname", name)]
        let answer = try await post("/register", fields)
        guard answer.status == 200, address == "/" else { throw UnexpectedAnswer(answer: answer) }
    }

    /// A provider with one model, so that agents answer.
    func addModel() async throws {
        try await get("/providers/new?kind=custom")
        let fields = [("kind", "custom"), ("name", "Test"), ("base_url", "http://127.0.0.1:9/v1")]
        let answer = try await post("/providers", fields)
        guard address.hasSuffix("/models?done=providerAdded") else { throw UnexpectedAnswer(answer: answer) }
        try await post(String(address.prefix { $0 != "?" }), [("model", "large")])
    }

    /// Says something on the home page and returns the conversation's address.
    func start(_ text: String) async throws -> String {
        try await get("/")
        let answer = try await post("/conversations", [("content", text), ("key", UUID().uuidString)])
        guard address.hasPrefix("/conversations/") else { throw UnexpectedAnswer(answer: answer) }
        return String(address.prefix { $0 != "#" })
    }

    private func follow(_ first: Answer) async throws -> Answer {
        var answer = first
        for _ in 0..<5 where answer.status == 303 {
            answer = try await call(.get, answer.headers[.location] ?? "", body: nil, headers: [:])
        }
        return answer
    }

    private func call(
        _ method: HTTPRequest.Method,
        _ path: String,
        body: ByteBuffer?,
        headers: HTTPFields
    ) async throws -> Answer {
        var headers = headers
        if !cookies.isEmpty { headers[.cookie] = cookies.map { "\($0)=\($1)" }.joined(separator: "; ") }
        address = path
        let answer = try await client.execute(
            uri: String(path.prefix { $0 != "#" }),
            method: method,
            headers: headers,
            body: body
        ) { Answer($0) }
        for cookie in answer.headers[values: .setCookie] { keep(cookie) }
        if let match = answer.text.firstMatch(of: /name="csrf" value="([^"]+)"/) { proof = String(match.1) }
        return answer
    }

    private func keep(_ cookie: String) {
        let parts = cookie.split(separator: ";")[0].split(
            separator: "=",
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        let isEnded = cookie.contains("Max-Age=0")
        cookies[String(parts[0])] = isEnded ? nil : String(parts[1])
    }

    private func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain = (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
