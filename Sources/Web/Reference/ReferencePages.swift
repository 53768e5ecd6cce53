import Engine
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// The reference for people, with a form to try each call. Whoever is signed in calls in their own name, by nothing but what
/// the router of the API itself would do.
struct ReferencePages: Sendable {
    /// The longest answer that is shown, in bytes.
    private static let longest = 262_144
    /// What is seen of a stream, which has no end of its own.
    private static let glance = Duration.seconds(3)

    private let desk: Desk
    private let reference: Reference
    private let responder: RouterResponder<WebContext>

    init(desk: Desk) {
        self.desk = desk
        let api = APIRoutes(services: desk.services)
        reference = Reference(api.endpoints)
        let router = Router(context: WebContext.self)
        router.add(middleware: RequestNameMiddleware())
        router.add(middleware: RateLimitMiddleware(limiter: desk.services.limiter))
        router.add(middleware: ErrorMiddleware(page: ErrorPage(desk: desk).show, methods: api.methods))
        api.addEndpoints(to: router)
        responder = router.buildResponder()
    }

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let voice = try desk.voice(context)
        let view = ReferenceView(
            page: frame(voice.words["reference.title"], request, context, voice),
            reference: reference,
            server: desk.services.settings.publicURL ?? "http://\(request.head.authority ?? "localhost")"
        )
        return try desk.page(view, context: context)
    }

    /// `/redoc`: where some look for it.
    func redirect(_ request: Request, context: WebContext) async throws -> Response { .redirect(to: "/docs") }

    func chapter(_ request: Request, context: WebContext) async throws -> Response {
        guard let chapter = reference.chapter(at: context.parameters.get("chapter") ?? "") else {
            throw WebError.notFound
        }
        let voice = try desk.voice(context)
        let view = ReferenceChapterView(
            page: frame(chapter.tag.rawValue, request, context, voice),
            chapter: chapter,
            reference: reference,
            voice: voice
        )
        return try desk.page(view, context: context)
    }

    func fill(_ request: Request, context: WebContext) async throws -> Response {
        _ = try context.signedIn()
        let endpoint = try endpoint(context)
        return try page(CallDraft(endpoint, isRead: reference.isRead(endpoint)), request, context)
    }

    func call(_ request: Request, context: WebContext) async throws -> Response {
        _ = try context.signedIn()
        let endpoint = try endpoint(context)
        guard request.hasFiles else {
            return try await answer(try await request.decodeForm(), nil, of: endpoint, request, context)
        }
        // Nobody has checked the form's proof yet, and of a call without files nobody would.
        guard endpoint.takesFiles else {
            throw WebError(.unsupportedMediaType, "Send this form as application/x-www-form-urlencoded.")
        }
        return try await TriedUpload(request: request, proof: context.csrfToken).answer { form, files in
            try await answer(form, files, of: endpoint, request, context)
        }
    }

    /// `files` is the form itself, as it comes, where it has files in it.
    private func answer(
        _ form: Form,
        _ files: RequestBody?,
        of endpoint: Endpoint,
        _ request: Request,
        _ context: WebContext
    ) async throws -> Response {
        let words = try desk.voice(context).words
        let draft = CallDraft(endpoint, isRead: reference.isRead(endpoint), form: form, words: words)
        guard draft.errors.isEmpty else { return try page(draft, request, context, status: .unprocessableContent) }
        var headers = draft.headers
        if files != nil {
            // With what stands between the parts, and the length by which a repetition is known.
            headers[.contentType] = request.headers[.contentType]
            headers[.contentLength] = request.headers[.contentLength]
        }
        let body = files ?? RequestBody(buffer: ByteBuffer(string: draft.body ?? ""))
        return try page(draft, request, context, result: try await result(of: draft, headers, body, context))
    }

    /// The call itself, done here and now as it would be over the network.
    private func result(
        of draft: CallDraft,
        _ headers: HTTPFields,
        _ body: RequestBody,
        _ context: WebContext
    ) async throws -> ReferenceCallView.Result {
        let head = HTTPRequest(
            method: draft.endpoint.method,
            scheme: nil,
            authority: nil,
            path: draft.address,
            headerFields: headers
        )
        let response = try await responder.respond(to: Request(head: head, body: body), context: context)
        let writer = CollectingWriter(limit: Self.longest)
        try await write(response.body, to: writer, isStream: draft.endpoint.isStream)
        return ReferenceCallView.Result(
            status: "\(response.status.code) \(response.status.reasonPhrase)",
            isFine: response.status.kind == .successful || response.status.kind == .redirection,
            headers: response.headers.map { .init(name: $0.name.rawName, value: $0.value) },
            content: Self.shown(writer.collected)
        )
    }

    private func write(_ body: ResponseBody, to writer: CollectingWriter, isStream: Bool) async throws {
        guard isStream else { return try await body.write(writer) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await body.write(writer) }
            group.addTask { try await Task.sleep(for: Self.glance) }
            try await group.next()
            group.cancelAll()
        }
    }

    private static func shown(_ body: ByteBuffer) -> String? {
        guard body.readableBytes > 0 else { return nil }
        guard let text = String(validating: body.readableBytesView, as: UTF8.self) else {
            return "\(body.readableBytes) bytes"
        }
        return text.prettyJSON
    }

    private func endpoint(_ context: WebContext) throws(WebError) -> Endpoint {
        guard let endpoint = reference.endpoint(context.parameters.get("operation") ?? "") else { throw .notFound }
        return endpoint
    }

    private func page(
        _ draft: CallDraft,
        _ request: Request,
        _ context: WebContext,
        result: ReferenceCallView.Result? = nil,
        status: HTTPResponse.Status = .ok
    ) throws -> Response {
        let voice = try desk.voice(context)
        let view = ReferenceCallView(
            page: frame(draft.endpoint.summary, request, context, voice),
            endpoint: draft.endpoint,
            draft: draft,
            result: result,
            voice: voice
        )
        return try desk.page(view, context: context, status: status)
    }

    private func frame(_ title: String, _ request: Request, _ context: WebContext, _ voice: Voice) -> Frame {
        desk.frame(title, request: request, context: context, voice: voice)
    }
}
