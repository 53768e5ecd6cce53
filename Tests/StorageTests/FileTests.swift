import Engine
import Foundation
import Storage
import Testing

/// Files of conversations: whose they are, how much there may be, and how they come to messages.
@Suite struct FileTests {
    private static func bring(
        _ name: String,
        _ bytes: [UInt8],
        to conversation: UUID,
        _ store: Store,
        by principal: Principal
    ) async throws -> KeptFile {
        var intake = try #require(try await store.intake(name, in: conversation, by: principal))
        try await intake.take(bytes)
        return try await intake.finish()
    }

    private static func content(of file: KeptFile, _ store: Store, by principal: Principal) async throws -> [UInt8] {
        var (bytes, part): ([UInt8], Int) = ([], 0)
        while let more = try await store.bytes(of: file.id, part: part, by: principal) {
            bytes += more
            part += 1
        }
        return bytes
    }

    private static func pieces(_ bytes: [UInt8]) -> () async throws -> [UInt8]? {
        var isGiven = false
        return {
            defer { isGiven = true }
            return isGiven ? nil : bytes
        }
    }

    @Test func whatComesInPiecesComesBackWhole() async throws {
        try await TestDatabase.with { database in
            let (store, ada) = (database.store, try await database.store.person())
            let conversation = try await store.createConversation(title: nil, by: ada.principal)
            let bytes = (0..<1_300_001).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            var intake = try #require(try await store.intake("big", in: conversation.id, by: ada.principal))
            for start in stride(from: 0, to: bytes.count, by: 70_000) {
                try await intake.take(bytes[start..<min(start + 70_000, bytes.count)])
            }
            #expect(try await store.files(in: conversation.id, by: ada.principal).isEmpty, "nobody sees half a file")
            let file = try await intake.finish()
            #expect(file.size == Int64(bytes.count))
            #expect(try await Self.content(of: file, store, by: ada.principal) == bytes)
            let eve = try await store.person("eve")
            #expect(try await store.bytes(of: file.id, part: 0, by: eve.principal) == nil)
            #expect(try await store.file(file.id, in: conversation.id, by: eve.principal) == nil)
            #expect(try await store.intake("x", in: conversation.id, by: eve.principal) == nil)
            #expect(try await !store.deleteFile(file.id, in: conversation.id, by: eve.principal))
        }
    }

    @Test func thereIsAnEndToWhatIsKept() async throws {
        try await TestDatabase.with { database in
            var limits = FileLimits()
            (limits.file, limits.conversation, limits.person) = (100, 250, 400)
            let store = Store(
                database: database.application,
                keys: .ephemeral(),
                logger: .silent,
                passwordCost: 4,
                fileLimits: limits
            )
            let ada = try await store.person()
            let one = try await store.createConversation(title: nil, by: ada.principal).id
            let two = try await store.createConversation(title: nil, by: ada.principal).id
            func bring(_ size: Int, _ byte: UInt8, to place: UUID) async -> FileRefusal.Reason? {
                do {
                    let bytes = [UInt8](repeating: byte, count: size)
                    _ = try await Self.bring("f\(byte)", bytes, to: place, store, by: ada.principal)
                    return nil
                } catch {
                    return (error as? FileRefusal)?.reason
                }
            }
            #expect(await bring(101, 1, to: one) == .tooLarge)
            #expect(await bring(100, 2, to: one) == nil)
            #expect(await bring(100, 3, to: one) == nil)
            #expect(await bring(100, 4, to: one) == .conversationFull)
            #expect(await bring(100, 2, to: one) == nil, "it is there already")
            #expect(await bring(100, 5, to: two) == nil)
            #expect(await bring(100, 6, to: two) == nil)
            #expect(await bring(50, 7, to: two) == .personFull)
            _ = try await store.deleteConversation(one, by: ada.principal)
            #expect(await bring(50, 7, to: two) == nil)
        }
    }

    @Test func whatARunMadeComesWithItsAnswer() async throws {
        try await TestDatabase.with { database in
            let (store, ada) = (database.store, try await database.store.person())
            let claimed = try await store.claimedRun(by: ada.principal)
            let run = claimed.run
            let old = try await store.keep(madeAt: "out/plot.txt", in: run, next: Self.pieces([1]))
            let new = try await store.keep(madeAt: "out/plot.txt", in: run, next: Self.pieces([2, 3]))
            #expect(old != nil)
            let kept = try #require(new)
            #expect(try await store.files(in: run.conversationID, by: ada.principal).map(\.id) == [kept.id])
            #expect(try await store.finish(claimed.outcome("Look", after: claimed.lastSequence)))
            let message = try await store.message(run.messageID, in: run.conversationID, by: ada.principal)
            #expect(message?.attachments == [AttachedFile(kept)])
            #expect(message?.attachments.first?.path == "out/plot.txt")
        }
    }

    @Test func whatIsQueuedOrSteersTakesItsFilesAlong() async throws {
        try await TestDatabase.with { database in
            let (store, ada) = (database.store, try await database.store.person())
            let claimed = try await store.claimedRun(by: ada.principal)
            let id = claimed.run.conversationID
            let file = try await Self.bring("a.txt", [97], to: id, store, by: ada.principal)
            let steering = TurnInput(conversationID: id, content: "Use this", attachments: [file.id])
            _ = try await store.say(steering, mode: .steer, by: ada.principal)
            let heard = try await store.takeSteering(of: claimed, after: 1)
            #expect(heard.first?.content.contains("a.txt (text/plain, 1 bytes) at uploads/a.txt") == true)
            let messages = try await store.messages(in: id, before: nil, limit: 10, by: ada.principal)
            #expect(messages?.last?.attachments.map(\.fileID) == [file.id])
            let queued = TurnInput(conversationID: id, content: "", attachments: [file.id])
            _ = try await store.say(queued, mode: .queue, by: ada.principal)
            #expect(try await store.finish(claimed.outcome("Done", after: claimed.lastSequence)))
            let after = try await store.messages(in: id, before: nil, limit: 10, by: ada.principal)
            #expect(after?.last?.role == "user" && after?.last?.attachments.map(\.fileID) == [file.id])
            let unknown = TurnInput(conversationID: id, content: "x", attachments: [.v7()])
            await #expect(throws: StorageError.self) { try await store.say(unknown, mode: .queue, by: ada.principal) }
        }
    }

    @Test func aChangedMessageKeepsItsFiles() async throws {
        try await TestDatabase.with { database in
            let (store, ada) = (database.store, try await database.store.person())
            let id = try await store.createConversation(title: nil, by: ada.principal).id
            let file = try await Self.bring("a.txt", [97], to: id, store, by: ada.principal)
            let first = TurnInput(conversationID: id, content: "one", attachments: [file.id])
            let start = try #require(try await store.startTurn(first, by: ada.principal))
            _ = try await store.requestCancellation(of: start.run.id, by: ada.principal)
            let second = TurnInput(conversationID: id, content: "two", at: .beside(start.run.userMessageID))
            let other = try #require(try await store.startTurn(second, by: ada.principal))
            let message = try await store.message(other.run.userMessageID, in: id, by: ada.principal)
            #expect(message?.attachments.map(\.fileID) == [file.id])
            let claimed = try #require(try await store.claim(worker: .v7(), limit: 1, silence: .seconds(9)).first)
            let brief = try await store.brief(for: claimed)
            #expect(brief.messages == [.user("two\n\n[Attached: a.txt (text/plain, 1 bytes) at uploads/a.txt]")])
        }
    }
}
