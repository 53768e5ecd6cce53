import Engine
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Storage

/// `/v1/admin/backups`: copies of the database, for administrators: listed, begun, taken away, deleted.
struct BackupRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .get,
            "/v1/admin/backups",
            .administration,
            "Lists the backups, with the one under way",
            access: .superuser,
            replies: [.object(.backups)],
            use: list
        )
        Endpoint(
            .post,
            "/v1/admin/backups",
            .administration,
            "Begins a backup",
            about: "In the background, never two at once.",
            access: .superuser,
            replies: [.object(.backups, .accepted)],
            errors: [.conflict],
            use: begin
        )
        Endpoint(
            .get,
            "/v1/admin/backups/{name}/content",
            .administration,
            "Takes a backup away",
            access: .superuser,
            parameters: ["name": .text],
            replies: [.file("application/octet-stream")],
            use: content
        )
        Endpoint(
            .delete,
            "/v1/admin/backups/{name}",
            .administration,
            "Deletes a backup",
            access: .superuser,
            parameters: ["name": .text],
            use: delete
        )
    }

    /// With what is under way.
    func list(_ request: Request, context: WebContext) async throws -> Response {
        _ = try context.superuser()
        return Envelope.success(try await overview(), context: context)
    }

    func begin(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.superuser()
        guard try await services.beginBackup(by: identity, context: context) else {
            throw WebError(.conflict, "A backup is under way. Wait until it is done.")
        }
        return Envelope.success(try await overview(), status: .accepted, context: context)
    }

    func content(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.superuser()
        let name = context.parameters.get("name") ?? ""
        return try await services.backup(name, for: request, by: identity, context: context)
    }

    func delete(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.superuser()
        let name = context.parameters.get("name") ?? ""
        guard try await services.deleteBackup(name, by: identity, context: context) else { throw WebError.notFound }
        return Envelope.noContent(context: context)
    }

    private func overview() async throws -> JSONObject {
        let (files, state) = (await services.backups.files(), await services.backups.state())
        return JSONObject {
            $0.set("is_running", state.startedAt != nil)
            $0.set("started_at", state.startedAt)
            $0.set("written_bytes", state.startedAt == nil ? nil : Int(state.writtenBytes))
            $0.set("last_failure", state.failure)
            $0.set("last_finished_at", state.finishedAt)
            $0.set("files", files.map(\.representation))
        }
    }
}

extension BackupFile {
    fileprivate var representation: JSONObject {
        JSONObject {
            $0.set("name", name)
            $0.set("kind", kind.rawValue)
            $0.set("size_bytes", Int(bytes))
            $0.set("made_at", madeAt)
        }
    }
}

// Copies are files and no rows: an act is written down before it is done, and is not done when it cannot be.
extension WebServices {
    /// False while another is under way.
    func beginBackup(by identity: Identity, context: WebContext) async throws -> Bool {
        try await backups.begin { try await note("backup.begun", by: identity, context) }
    }

    /// A backup holds everything of everybody. Where nothing of it leaves, because only its head is asked for or it is known
    /// already, nothing is written down.
    func backup(
        _ name: String,
        for request: Request,
        by identity: Identity,
        context: WebContext
    ) async throws -> Response {
        guard let file = await backups.files().first(where: { $0.name == name }) else { throw WebError.notFound }
        let tag = EntityTag.of("\(file.name) \(file.bytes) \(file.madeAt.iso8601Milliseconds)")
        let known = context.isTagged ? request.headers[.ifNoneMatch] : nil
        let isKnown = known.map { EntityTag.matches(tag, in: $0) } ?? false
        if !context.isHead && !isKnown { try await note("backup.downloaded", target: name, by: identity, context) }
        let backups = backups
        return Response(
            status: .ok,
            headers: FileResponse.headers(name: name, mediaType: nil),
            body: ResponseBody(contentLength: Int(file.bytes)) { writer in
                var place: Int64 = 0
                while place < file.bytes {
                    let bytes = await backups.bytes(of: name, from: place)
                    guard !bytes.isEmpty else { throw WebError(.internalError, "The backup is gone.") }
                    place += Int64(bytes.count)
                    try await writer.write(ByteBuffer(bytes: bytes))
                }
                try await writer.finish(nil)
            }.offTheLoop
        ).tagged(tag, context)
    }

    func deleteBackup(_ name: String, by identity: Identity, context: WebContext) async throws -> Bool {
        guard await backups.files().contains(where: { $0.name == name }) else { return false }
        try await note("backup.deleted", target: name, by: identity, context)
        return await backups.delete(name)
    }

    private func note(
        _ action: String,
        target: String? = nil,
        by identity: Identity,
        _ context: WebContext
    ) async throws {
        let entry = AuditEntry(action, target: target)
        try await store.audit(entry, by: identity.principal, address: context.remoteAddress)
    }
}

extension Schema {
    fileprivate static let backups = object(
        "Backups",
        [
            .flag("is_running"), .date("started_at").orNull, .integer("written_bytes").orNull,
            .text("last_failure").orNull, .date("last_finished_at").orNull,
            .list(
                "files",
                of: .object([
                    .text("name"), .choice("kind", "migration", "manual"), .integer("size_bytes"), .date("made_at"),
                ])
            ),
        ]
    )
}
