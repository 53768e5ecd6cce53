import Crypto
import Engine
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import Storage

/// Answers a request that comes again with its `Idempotency-Key` as it was answered the first time, for a day.
struct Repetition: Sendable {
    /// Bytes of an answer that is kept. Of a longer one it is only known that it was given.
    static let longestAnswer = 256 * 1024

    /// Of what the key is: `POST /v1/agents`.
    private let route: String
    private let key: String
    /// Bytes of a body; nil for what is usual.
    private let longest: Int?
    /// Nobody need be signed in: the answer is for whoever knows the key and the whole request.
    private let isForAnyone: Bool
    private let services: WebServices

    init(_ endpoint: Endpoint, key: String, services: WebServices) {
        self.init(
            "\(endpoint.method.rawValue) \(endpoint.path)",
            key: key,
            longest: endpoint.longest,
            isForAnyone: endpoint.access == .anyone,
            services: services
        )
    }

    init(_ route: String, key: String, longest: Int?, isForAnyone: Bool = false, services: WebServices) {
        (self.route, self.key, self.longest, self.services) = (route, key, longest, services)
        self.isForAnyone = isForAnyone
    }

    func answer(
        _ request: Request,
        context: WebContext,
        doing work: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        let principal: Principal = try isForAnyone ? .system : context.signedIn().principal
        let (request, hash) = try await read(request, context)
        let asked = IdempotentRequest(route: route, key: key, hash: hash)
        switch try await services.store.claim(asked, by: principal) {
        case .other: throw Self.conflict("This key came with another request before.")
        case .going:
            throw Self.conflict(
                "The first request with this key is still going, or was cut short. Look before you ask anew."
            )
        case .answered(let answer):
            guard let known = try KeptAnswer(json: answer).response else {
                throw Self.conflict("This was done, but its answer was too large to keep. Ask anew with another key.")
            }
            return known
        case .new(let claim):
            do {
                return try await keep(try await work(request, context), of: claim, by: principal)
            } catch {
                await giveUp(claim, by: principal)
                throw error
            }
        }
    }

    private static func conflict(_ message: String) -> WebError {
        WebError(.conflict, message, details: [.init(field: "Idempotency-Key", message: message)])
    }

    /// With its body read, where it is one that can be read twice. Of files that somebody sends only the length is known.
    private func read(_ request: Request, _ context: WebContext) async throws -> (Request, [UInt8]) {
        var request = request
        var hash = SHA256()
        hash.update(data: Data("\(request.method.rawValue) \(request.uri.description)\n".utf8))
        if !isForAnyone, request.headers[.contentType]?.hasPrefix("multipart/") == true {
            hash.update(data: Data((request.headers[.contentLength] ?? "").utf8))
        } else {
            let body = try await request.boundedBody(upTo: longest ?? context.maxUploadSize)
            hash.update(data: Data(body.readableBytesView))
            request.body = .init(buffer: body)
        }
        return (request, Array(hash.finalize()))
    }

    /// The answer as it is, and kept for the next time, or what is left of one that is too long for that.
    private func keep(_ response: Response, of claim: UUID, by principal: Principal) async throws -> Response {
        var response = response
        let writer = CollectingWriter()
        try await response.body.write(writer)
        let body = writer.collected
        response.body = .init(byteBuffer: body)
        let kept = KeptAnswer(
            status: Int(response.status.code),
            contentType: response.headers[.contentType],
            location: response.headers[.location],
            body: body.readableBytes > Self.longestAnswer ? nil : String(buffer: body)
        )
        do {
            try await services.store.keep(try kept.json, of: claim, by: principal)
        } catch {
            // It was done, and the claim stands: it is not done again.
            services.logger.error("An answer was not kept", metadata: ["error": "\(error)"])
        }
        return response
    }

    /// Also for whoever has left meanwhile, whose task cannot ask anything any more.
    private func giveUp(_ claim: UUID, by principal: Principal) async {
        await Task { [services] in
            do {
                try await services.store.giveUp(claim, by: principal)
            } catch {
                services.logger.error("A key was not given up", metadata: ["error": "\(error)"])
            }
        }.value
    }
}

/// What is kept of an answer.
private struct KeptAnswer: Codable {
    var status: Int
    var contentType: String?
    var location: String?
    /// nil when it was too long to be kept.
    var body: String?

    init(status: Int, contentType: String?, location: String?, body: String?) {
        self.status = status
        self.contentType = contentType
        self.location = location
        self.body = body
    }

    init(json: Secret) throws { self = try JSONDecoder().decode(Self.self, from: Data(json.reveal().utf8)) }

    var json: Secret { get throws { Secret(String(decoding: try JSONEncoder().encode(self), as: UTF8.self)) } }

    /// nil when it was not kept.
    var response: Response? {
        guard let body else { return nil }
        var headers: HTTPFields = [.idempotentReplayed: "true"]
        headers[.contentType] = contentType
        headers[.location] = location
        return Response(
            // With its words, which stand for what it means.
            status: .init(code: status, reasonPhrase: HTTPResponseStatus(statusCode: status).reasonPhrase),
            headers: headers,
            body: body.isEmpty ? .init() : .init(byteBuffer: ByteBuffer(string: body))
        )
    }
}

extension Request {
    /// nil without one.
    func idempotencyKey() throws(WebError) -> String? {
        guard let key = headers[.idempotencyKey] else { return nil }
        guard (1...255).contains(key.utf8.count) else {
            throw WebError(.badRequest, "An Idempotency-Key has 1 to 255 characters.")
        }
        return key
    }
}
