package import Engine
package import Foundation
import Postgres

extension Store: ConversationFiles {
    package func files(in conversation: UUID, by principal: Principal) async throws -> [KeptFile] {
        try await query(
            """
            select \(KeptFile.columns) from files f
            where f.conversation_id = \(conversation) and f.size is not null and \(Self.isOwnFile(principal))
            order by f.file_id
            """,
            by: principal
        ).map(KeptFile.init)
    }

    package func file(_ id: UUID, in conversation: UUID, by principal: Principal) async throws -> KeptFile? {
        try await query(
            """
            select \(KeptFile.columns) from files f
            where f.file_id = \(id) and f.conversation_id = \(conversation) and f.size is not null
                and \(Self.isOwnFile(principal))
            """,
            by: principal
        ).first.map(KeptFile.init)
    }

    package func bytes(of file: UUID, part: Int, by principal: Principal) async throws -> [UInt8]? {
        try await query(
            """
            select p.bytes from files f join file_parts p on p.file_id = f.file_id
            where f.file_id = \(file) and p.place = \(part) and f.size is not null and \(Self.isOwnFile(principal))
            """,
            by: principal
        ).first.map { try $0.get("bytes") }
    }

    package func keep(
        madeAt path: String,
        in run: Run,
        next: () async throws -> [UInt8]?
    ) async throws -> KeptFile? {
        let principal = Principal.member(user: run.userID, organisation: run.organisationID, isSuperuser: false)
        let name = FileName.cleaned(path)
        guard path.unicodeScalars.count <= 1000, !path.utf8.contains(0),
            var intake = try await intake(name, in: run.conversationID, madeBy: run.id, at: path, by: principal)
        else { return nil }
        do {
            while let bytes = try await next() { try await intake.take(bytes) }
            return try await intake.finish()
        } catch {
            await intake.discard()
            throw error
        }
    }

    /// Takes a new file in, piece by piece; nil when there is no such conversation.
    package func intake(_ name: String, in conversation: UUID, by principal: Principal) async throws -> FileIntake? {
        try await intake(name, in: conversation, madeBy: nil, at: nil, by: principal)
    }

    private func intake(
        _ name: String,
        in conversation: UUID,
        madeBy run: UUID?,
        at path: String?,
        by principal: Principal
    ) async throws -> FileIntake? {
        let intake = FileIntake(
            store: self,
            name: FileName.cleaned(name),
            conversation: conversation,
            run: run,
            path: path,
            principal: principal
        )
        return try await intake.begin() ? intake : nil
    }

    /// Messages that it came with say from now on that it is gone. False when it was not there.
    package func deleteFile(_ id: UUID, in conversation: UUID, by principal: Principal) async throws -> Bool {
        let mark = #"{"is_deleted":true}"#
        let demand = Self.demanded(.file(id, conversation: conversation))
        let answers = try await batch(
            demand + [
                """
                delete from files f
                where f.file_id = \(id) and f.conversation_id = \(conversation) and f.size is not null
                    and \(Self.isOwnFile(principal))
                """,
                """
                update messages m set attachments = (
                    select jsonb_agg(
                        case when a ->> 'file_id' = \(id.text) then a || \(mark)::jsonb else a end order by place
                    ) from jsonb_array_elements(m.attachments) with ordinality e (a, place)
                )
                where \(Self.isIn(conversation, principal)) and m.attachments is not null
                    and not exists (select from files f where f.file_id = \(id))
                """,
            ],
            by: principal
        )
        return answers[demand.count].affected == 1
    }

    /// Bytes of all files of a conversation, and of all of its person's; nil when there is no such conversation.
    package func fileUsage(
        in conversation: UUID,
        by principal: Principal
    ) async throws -> (conversation: Int64, person: Int64)? {
        try await query(
            """
            select coalesce((select sum(f.size) from files f where f.conversation_id = c.conversation_id), 0)::bigint as here,
                coalesce((select sum(f.size) from files f where f.user_id = c.user_id), 0)::bigint as everywhere
            from conversations c where \(Self.isOwn(conversation, principal))
            """,
            by: principal
        ).first.map { (try $0.get("here"), try $0.get("everywhere")) }
    }

    /// The fourth law for an `f` of files.
    static func isOwnFile(_ principal: Principal) -> Query {
        "f.user_id = \(principal.userID) and f.org_id = \(principal.organisationID)"
    }
}

extension KeptFile {
    /// For an `f` of files.
    static let columns: Query = """
        f.file_id, f.conversation_id, f.run_id, f.name, f.path, f.media_type, f.size, f.digest, f.created_at
        """

    init(_ row: Row) throws {
        self.init(
            id: try row.get("file_id"),
            conversationID: try row.get("conversation_id"),
            runID: try row.get("run_id"),
            name: try row.get("name"),
            path: try row.get("path"),
            mediaType: try row.get("media_type"),
            size: try row.get("size"),
            digest: try row.get("digest"),
            createdAt: try row.get("created_at")
        )
    }
}

extension AttachedFile {
    /// An expression: an `f` of files as an element of `messages.attachments`, with the contract's names.
    static let json: Query = """
        jsonb_build_object(
            'type', case when f.media_type like 'image/%' then 'image' else 'file' end,
            'url', '/v1/conversations/' || f.conversation_id || '/files/' || f.file_id || '/content',
            'name', f.name, 'size', f.size, 'file_id', f.file_id, 'media_type', f.media_type, 'path', f.path
        )
        """
}
