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

    init(_ answer: WebAccess.Answer, references: SecretReferences) {
        let moved = answer.url == references.address.text ? nil : "Address: \(answer.url)"
        let head = ["HTTP \(answer.status)", moved, Self.headers(of: answer)].compactMap { $0 }.joined(separator: "\n")
        let body = Self.body(of: answer)
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

    private static func headers(of answer: WebAccess.Answer) -> String {
        let lines = answer.headers.all.filter { !hiddenHeaders.contains($0.name) }.map { "\($0.name): \($0.value)" }
        let text = lines.joined(separator: "\n")
        return text.utf8.count > longestHeaders
            ? String(decoding: text.utf8.prefix(longestHeaders), as: UTF8.self) + "…" : text
    }

    private static func body(of answer: WebAccess.Answer) -> String {
        guard !answer.body.isEmpty else { return "" }
        do {
            let type = answer.headers["content-type"]
            return try ReadableDocument(answer.body, contentType: type, url: answer.url).text
        } catch let error as ReadableDocument.Unreadable {
            return "[\(answer.body.count) bytes of \(error.mediaType)]"
        } catch {
            return ""
        }
    }
}
