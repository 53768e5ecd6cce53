import Engine
import Foundation
import HTTPTypes
import Hummingbird
import Storage

/// `/v1/conversations/{id}/files`: what people bring and what agents make.
struct FileRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .get,
            "/v1/conversations/{id}/files",
            .files,
            "Lists the files of a conversation",
            replies: [.list(.file)],
            use: list
        )
        Endpoint(
            .post,
            "/v1/conversations/{id}/files",
            .files,
            "Brings files into a conversation",
            about: "Each part with a file name is a file.",
            content: .files,
            replies: [.list(.file, .created)],
            use: upload
        )
        Endpoint(
            .get,
            "/v1/conversations/{id}/files/{file}",
            .files,
            "Shows a file",
            replies: [.object(.file)],
            use: show
        )
        Endpoint(
            .get,
            "/v1/conversations/{id}/files/{file}/content",
            .files,
            "Downloads a file",
            replies: [.file("application/octet-stream", "image/png", "image/jpeg", "image/gif", "image/webp")],
            use: content
        )
        Endpoint(.delete, "/v1/conversations/{id}/files/{file}", .files, "Deletes a file", use: delete)
    }

    func list(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let id = try context.identifier("id")
        guard try await services.store.conversation(id, by: identity.principal) != nil else { throw WebError.notFound }
        let files = try await services.store.files(in: id, by: identity.principal)
        return Envelope.list(files.map(\.representation), context: context)
    }

    /// Each part with a file name is a file.
    func upload(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let id = try context.identifier("id")
        guard try await services.store.conversation(id, by: identity.principal) != nil else { throw WebError.notFound }
        guard request.hasFiles else {
            throw WebError(.unsupportedMediaType, "Send files as multipart/form-data.")
        }
        let reader = UploadReader(services, identity: identity, context: context, request: request)
        let upload = try await reader.read(request) { id }
        if let refusal = upload.refusal { throw refusal.webError }
        guard !upload.files.isEmpty else { throw WebError.invalid("file", "There is no file in the form.") }
        return Envelope.list(upload.files.map(\.representation), status: .created, context: context)
    }

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        return Envelope.success(try await file(context, identity).representation, context: context)
    }

    func content(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let file = try await file(context, identity)
        return FileResponse(services: services, principal: identity.principal).response(file)
            .tagged(EntityTag.of(digest: file.digest), context)
    }

    func delete(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let (id, file) = try (context.identifier("id"), context.identifier("file"))
        guard try await services.store.deleteFile(file, in: id, by: identity.principal) else { throw WebError.notFound }
        return Envelope.noContent(context: context)
    }

    private func file(_ context: WebContext, _ identity: Identity) async throws -> KeptFile {
        let (id, file) = try (context.identifier("id"), context.identifier("file"))
        guard let found = try await services.store.file(file, in: id, by: identity.principal) else {
            throw WebError.notFound
        }
        return found
    }
}

extension KeptFile {
    var representation: JSONObject {
        JSONObject {
            $0.set("file_id", id)
            $0.set("conversation_id", conversationID)
            $0.set("type", mediaType.hasPrefix("image/") ? "image" : "file")
            $0.set("url", "/v1/conversations/\(conversationID.text)/files/\(id.text)/content")
            $0.set("name", name)
            $0.set("size", Int(size))
            $0.set("media_type", mediaType)
            $0.set("path", path)
            $0.set("sha256", digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined())
            $0.set("run_id", runID)
            $0.set("created_at", createdAt)
        }
    }
}

extension AttachedFile {
    func representation(in conversation: UUID) -> JSONObject {
        JSONObject {
            $0.set("file_id", fileID)
            $0.set("type", mediaType.hasPrefix("image/") ? "image" : "file")
            $0.set("url", "/v1/conversations/\(conversation.text)/files/\(fileID.text)/content")
            $0.set("name", name)
            $0.set("size", Int(size))
            $0.set("media_type", mediaType)
            $0.set("path", path)
            if isDeleted { $0.set("is_deleted", true) }
        }
    }
}

extension FileRefusal {
    var webError: WebError {
        reason == .tooLarge ? WebError(.tooLarge, message) : .invalid("file", message)
    }

    func words(_ limits: FileLimits, _ voice: Voice) -> String {
        switch reason {
        case .tooLarge: voice.words("files.tooLarge", ["size": voice.bytes(limits.file)])
        case .conversationFull: voice.words("files.conversationFull", ["size": voice.bytes(limits.conversation)])
        case .personFull: voice.words("files.personFull", ["size": voice.bytes(limits.person)])
        case .tooMany: voice.words("files.tooMany", ["n": String(limits.perMessage)])
        }
    }
}

extension Schema {
    fileprivate static let file = object(
        "File",
        [
            .uuid("file_id"), .uuid("conversation_id"), .choice("type", "image", "file"), .text("url"), .text("name"),
            .integer("size", "Bytes."), .text("media_type"), .text("path"), .text("sha256"), .uuid("run_id").orNull,
            .date("created_at"),
        ]
    )

    static let attachment = object(
        "Attachment",
        [
            .uuid("file_id"), .choice("type", "image", "file"), .text("url"), .text("name"),
            .integer("size", "Bytes."), .text("media_type"), .text("path"), .flag("is_deleted").orMissing,
        ]
    )
}
