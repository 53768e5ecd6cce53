import Crypto
package import Engine
import Foundation
import Postgres

/// A file on its way in. Its parts are stored as they come, so that no more than one of them is in memory; nobody sees it
/// before `finish`. What is broken off is swept away later.
package struct FileIntake: Sendable {
    private static let partSize = 512 << 10

    private let store: Store
    private let id = UUID.v7()
    private let name: String
    private let conversation: UUID
    private let run: UUID?
    private let path: String?
    private let principal: Principal
    private var hash = SHA256()
    private var part: [UInt8] = []
    private var parts = 0
    private var size: Int64 = 0
    private var head: [UInt8] = []
    private var tail: [UInt8] = []

    /// `path`: where a run has made it; nil for what people bring, which gets a place of its own.
    init(store: Store, name: String, conversation: UUID, run: UUID?, path: String?, principal: Principal) {
        self.store = store
        self.name = name
        self.conversation = conversation
        self.run = run
        self.path = path
        self.principal = principal
    }

    /// Whether there is such a conversation, and the run in it.
    func begin() async throws -> Bool {
        try await store.batch(
            [
                // What was broken off before.
                """
                delete from files f
                where f.size is null and f.created_at < now() - interval '15 minutes' and \(Store.isOwnFile(principal))
                """,
                """
                insert into files (file_id, org_id, user_id, conversation_id, run_id, name, path, media_type)
                select \(id)::uuid, c.org_id, c.user_id, c.conversation_id, \(run)::uuid, \(name), \(path ?? name),
                    \(MediaKind.unknown)
                from conversations c where \(Store.isOwn(conversation, principal)) and (
                    \(run)::uuid is null or exists (
                        select from runs r where r.run_id = \(run) and r.conversation_id = c.conversation_id
                    )
                )
                """,
            ],
            by: principal
        )[1].affected == 1
    }

    /// Throws `FileRefusal` as soon as it is larger than a file may be.
    package mutating func take(_ bytes: some Collection<UInt8>) async throws {
        size += Int64(bytes.count)
        guard size <= store.fileLimits.file else {
            throw FileRefusal(.tooLarge, "A file may have at most \(ByteCount.text(store.fileLimits.file)).")
        }
        if head.count < MediaKind.sample { head += bytes.prefix(MediaKind.sample - head.count) }
        tail = Array((tail + bytes.suffix(MediaKind.sample)).suffix(MediaKind.sample))
        part += bytes
        while part.count >= Self.partSize { try await store(part: Array(part.prefix(Self.partSize))) }
    }

    /// From now on it is there. The same content under the same name is the same file. Throws `FileRefusal`.
    package mutating func finish() async throws -> KeptFile {
        if !part.isEmpty { try await store(part: part) }
        let answers = try await store.batch(statements, by: principal)
        guard let row = answers.last?.first else {
            throw refusal(try await store.fileUsage(in: conversation, by: principal))
        }
        let file = try KeptFile(row)
        if file.id != id { await discard() }
        return file
    }

    /// Forgets what has come so far.
    package func discard() async {
        _ = try? await store.query(
            "delete from files f where f.file_id = \(id) and f.size is null and \(Store.isOwnFile(principal))",
            by: principal
        )
    }

    private mutating func store(part bytes: [UInt8]) async throws {
        hash.update(data: bytes)
        try await store.query(
            """
            insert into file_parts (file_id, place, org_id, user_id, bytes)
            select f.file_id, \(parts), f.org_id, f.user_id, \(bytes)::bytea from files f
            where f.file_id = \(id) and f.size is null and \(Store.isOwnFile(principal))
            """,
            by: principal
        )
        parts += 1
        part.removeFirst(bytes.count)
    }

    /// The last one answers with the file. Files of one person stand in line, so that each counts those before it.
    private var statements: [Query] {
        let digest = Array(hash.finalize())
        let mediaType = MediaKind.mediaType(head: head, tail: tail, name: name)
        let names = path == nil ? (1...100).map { FileName.numbered(name, $0) } : [name]
        let paths = path.map { [$0] } ?? names.map { "uploads/\($0)" }
        return [
            "select pg_advisory_xact_lock(hashtext('alma.files'), hashtext(\(principal.userID?.text ?? "")))",
            "delete from files f where \(isReplaced) and \(hasRoom)",
            """
            update files f set size = \(size), digest = \(digest)::bytea, media_type = \(mediaType), name = free.name,
                path = free.path, created_at = now()
            from (
                select p.path, p.name from unnest(\(paths)::text[], \(names)::text[]) with ordinality p (path, name, place)
                where not exists (select from files o where \(isTaken) and o.path = p.path)
                order by p.place limit 1
            ) free
            where f.file_id = \(id) and f.size is null and \(hasRoom) and not exists (select from files o where \(isSame(digest)))
            """,
            """
            select \(KeptFile.columns) from files f where f.size is not null and \(Store.isOwnFile(principal)) and (
                f.file_id = \(id) or f.file_id in (select o.file_id from files o where \(isSame(digest)))
            ) order by f.file_id = \(id) desc limit 1
            """,
        ]
    }

    /// For an `o` of files that lie beside this one.
    private var isTaken: Query {
        "o.conversation_id = \(conversation) and o.run_id is not distinct from \(run)::uuid and o.size is not null"
    }

    private func isSame(_ digest: [UInt8]) -> Query {
        "\(isTaken) and o.digest = \(digest)::bytea and \(run)::uuid is null and \(FileName.numbered(name, 1)) = o.name"
    }

    /// For an `f` of files: what the same run made at the same place.
    private var isReplaced: Query {
        """
        f.conversation_id = \(conversation) and f.run_id = \(run)::uuid and f.path = \(path) and f.size is not null
            and \(Store.isOwnFile(principal))
        """
    }

    private var hasRoom: Query {
        """
        (select coalesce(sum(o.size), 0) from files o where o.conversation_id = \(conversation)) + \(size)
            <= \(store.fileLimits.conversation)::bigint
        and (select coalesce(sum(o.size), 0) from files o where o.user_id = \(principal.userID)) + \(size)
            <= \(store.fileLimits.person)::bigint
        and (\(run)::uuid is null or \(store.fileLimits.perRun)::bigint > (
            select count(*) from files o
            where o.conversation_id = \(conversation) and o.run_id = \(run) and o.size is not null and o.path <> \(path)
        ))
        """
    }

    private func refusal(_ usage: (conversation: Int64, person: Int64)?) -> FileRefusal {
        let limits = store.fileLimits
        guard let usage else { return FileRefusal(.conversationFull, "There is no such conversation any more.") }
        if usage.conversation + size > limits.conversation {
            return FileRefusal(
                .conversationFull,
                "The files of one conversation may have \(ByteCount.text(limits.conversation)) together. Delete some."
            )
        }
        if usage.person + size > limits.person {
            return FileRefusal(
                .personFull,
                "All your files together may have \(ByteCount.text(limits.person)). Delete some, or whole conversations."
            )
        }
        return FileRefusal(.tooMany, "At most \(limits.perRun) files of one run are kept.")
    }
}
