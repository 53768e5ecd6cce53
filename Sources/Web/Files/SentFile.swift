import Foundation
import Hummingbird

/// A small file that came with a form, in memory.
struct SentFile: Sendable {
    var name: String
    var bytes: [UInt8]
}

extension Request {
    /// The fields and the file of a `multipart/form-data` body of at most `limit` bytes; nil where no file came with it. Of a page's form the hidden field is checked. Throws `WebError`.
    func decodeFormWithFile(upTo limit: Int, context: WebContext) async throws -> (Form, SentFile?) {
        // A form without its file; of a page's the guard has read and checked it.
        guard hasFiles else { return (try await decodeForm(), nil) }
        let body = try await boundedBody(upTo: limit + (1 << 16))
        var (fields, file, field) = ([String: [String]](), SentFile?.none, (name: String, value: [UInt8])?.none)
        do {
            var parser = try MultipartParser(contentType: headers[.contentType] ?? "")
            for event in try parser.feed(body.readableBytesView) {
                switch event {
                case .part(_, ""): break
                case .part(_, let name?) where file == nil: file = SentFile(name: name, bytes: [])
                case .part(_, .some): throw WebError(.badRequest, "Send one file.")
                case .part(let name, nil): field = (name, [])
                case .bytes(let bytes): if field == nil { file?.bytes += bytes } else { field?.value += bytes }
                case .end:
                    guard let ended = field else { continue }
                    fields[ended.name, default: []].append(String(decoding: ended.value, as: UTF8.self))
                    field = nil
                }
            }
            guard parser.isComplete else { throw WebError(.badRequest, "The form ended in the middle.") }
        } catch is MultipartParser.Malformed {
            throw WebError(.badRequest, "The form cannot be read as multipart/form-data.")
        }
        if !isForAPI { try CrossSiteGuard.check(fields["csrf"]?.first ?? "", against: context.csrfToken) }
        return (Form(fields: fields), file)
    }
}
