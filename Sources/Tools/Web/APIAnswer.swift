import Engine
import Fetch
import Foundation
import Reading

/// What an API answered, as a model reads it: without the secrets that it was sent.
struct APIAnswer {
    private static let longestText = 200_000
    private static let longestHeaders = 4000
    /// Sessions of the server's, which are as good as keys.
    private static let hiddenHeaders: Set<String> = ["set-cookie", "set-cookie2"]

    let text: String

    /// Throws `CancellationError`.
    init(_ answer: WebAccess.Answer, references: SecretReferences) async throws {
        let moved = answer.url == references.address.text ? nil : "Address: \(answer.url)"
        let headers = Self.headers(of: answer, references)
        let head = ["HTTP \(answer.status)", moved, headers].compactMap { $0 }.joined(separator: "\n")
        let body = try await Self.body(of: answer)
        var text = references.redacted(body.isEmpty ? head : "\(head)\n\n\(body)")
        if text.utf8.count > Self.longestText {
            let rest = text.utf8.count - Self.longestText
            text =
                String(decoding: text.utf8.prefix(Self.longestText), as: UTF8.self)
                + "\n[\(rest) more bytes are left out]"
        }
        if [401, 403].contains(answer.status), references.used.isEmpty, !references.fitting.isEmpty {
            text += "\n\n[Secrets of the person's for this address: \(references.fitting.joined(separator: ", "))]"
        }
        self.text = text
    }

    /// Cut off only after secrets are taken out: of one at the end the beginning would stay.
    private static func headers(of answer: WebAccess.Answer, _ references: SecretReferences) -> String {
        let lines = answer.headers.all.filter { !hiddenHeaders.contains($0.name) }.map { "\($0.name): \($0.value)" }
        let text = references.redacted(lines.joined(separator: "\n"))
        return text.utf8.count > longestHeaders
            ? String(decoding: text.utf8.prefix(longestHeaders), as: UTF8.self) + "…" : text
    }

    private static func body(of answer: WebAccess.Answer) async throws -> String {
        guard !answer.body.isEmpty else { return "" }
        do {
            let type = answer.headers["content-type"]
            return try await ReadableDocument.read(answer.body, contentType: type, url: answer.url).text
        } catch let error as ReadableDocument.Unreadable {
            return "[\(answer.body.count) bytes of \(error.mediaType)]"
        }
    }
}
