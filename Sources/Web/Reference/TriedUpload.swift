import HTTPTypes
import Hummingbird
import NIOCore

/// A form with files on its way to the call that it tries. Its fields come first; once they are there the call begins, and gets
/// the form as it goes on arriving: nothing of the files is gathered here. What the fields say to the page says nothing to a
/// call, which passes over them.
struct TriedUpload: Sendable {
    typealias Call = @Sendable (Form, RequestBody) async throws -> Response

    private static let longestTime = Duration.seconds(600)

    let request: Request
    /// What the hidden field has to say before anything is done.
    let proof: String

    /// `call` gets the fields, and the form whole. Throws `WebError`.
    func answer(_ call: @escaping Call) async throws -> Response {
        let handover = Handover()
        return try await withThrowingTaskGroup(of: Response.self) { group in
            defer { group.cancelAll() }
            let isUnderWay = try await send(to: handover) { form in
                group.addTask {
                    // Whoever has an answer reads no further.
                    defer { handover.abandon() }
                    let body = AsyncThrowingStream<ByteBuffer, any Error>(unfolding: { try await handover.next() })
                    return try await call(form, RequestBody(asyncSequence: body))
                }
            }
            guard isUnderWay, let response = try await group.next() else {
                throw WebError(.badRequest, "The form ended in the middle.")
            }
            return response
        }
    }

    /// Until all has come, or nobody reads it any more. False when the fields were never whole.
    private func send(to handover: Handover, _ begin: (Form) -> Void) async throws -> Bool {
        var head = try FormHead(contentType: request.headers[.contentType] ?? "")
        var isUnderWay = false
        let deadline = ContinuousClock.now + Self.longestTime
        for try await buffer in request.body {
            guard ContinuousClock.now < deadline else {
                throw WebError(.requestTimeout, "The request took too long to arrive.")
            }
            if isUnderWay {
                guard try await hand(buffer, to: handover) else { return true }
            } else if let form = try head.take(buffer) {
                try CrossSiteGuard.check(form["csrf"], against: proof)
                begin(form)
                isUnderWay = true
                guard try await hand(head.bytes, to: handover) else { return true }
            }
        }
        handover.end()
        return isUnderWay
    }

    /// Whether more is wanted.
    private func hand(_ bytes: ByteBuffer, to handover: Handover) async throws -> Bool {
        do {
            try await handover.write { $0.writeImmutableBuffer(bytes) }
            return true
        } catch is CancellationError {
            return false
        }
    }
}

/// The fields of a form, which stand before its first file.
private struct FormHead {
    private static let longest = 1 << 16

    /// All that has come so far.
    private(set) var bytes = ByteBuffer()
    private var parser: MultipartParser
    private var fields: [String: [String]] = [:]
    private var field: (name: String, value: [UInt8])?

    init(contentType: String) throws(WebError) {
        do {
            parser = try MultipartParser(contentType: contentType)
        } catch {
            throw Self.unreadable
        }
    }

    /// The fields once no more will come: a file has begun, or the form has ended.
    mutating func take(_ buffer: ByteBuffer) throws(WebError) -> Form? {
        bytes.writeImmutableBuffer(buffer)
        for event in try events(of: buffer) {
            switch event {
            case .part(_, .some): return Form(fields: fields)
            case .part(let name, nil): field = (name, [])
            case .bytes(let bytes): field?.value += bytes
            case .end:
                guard let ended = field else { continue }
                fields[ended.name, default: []].append(String(decoding: ended.value, as: UTF8.self))
                field = nil
            }
        }
        if parser.isComplete { return Form(fields: fields) }
        guard bytes.readableBytes <= Self.longest else {
            throw WebError(.tooLarge, "This is longer than the \(Self.longest) bytes that the server accepts here.")
        }
        return nil
    }

    private mutating func events(of buffer: ByteBuffer) throws(WebError) -> [MultipartParser.Event] {
        do {
            return try parser.feed(buffer.readableBytesView)
        } catch {
            throw Self.unreadable
        }
    }

    private static let unreadable = WebError(.badRequest, "The form cannot be read as multipart/form-data.")
}
