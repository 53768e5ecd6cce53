import Testing
import Web

/// A backup holds everything of everybody: what cannot be written down is not done.
@Suite struct BackupAuditTests {
    @Test func nothingLeavesUnrecorded() async throws {
        let shelf = ScriptedBackups()
        let (name, text) = ("alma-1-manual.dump", "all of it")
        await shelf.finish(name, text)
        try await TestServer.runSite(backups: shelf) { site in
            let root = try await site.administrator()
            try await site.database.refuseAudit()
            let begun = try await root.post("/v1/admin/backups")
            #expect(begun.status == 503 && begun.string("error.code") == "SERVICE_UNAVAILABLE", "\(begun.text)")
            #expect(await shelf.state().startedAt == nil)
            let taken = try await root.get("/v1/admin/backups/\(name)/content")
            #expect(taken.status == 503 && !taken.text.contains(text))
            #expect(try await root.delete("/v1/admin/backups/\(name)").status == 503)
            #expect(await shelf.files().map(\.name) == [name])
            try await site.database.takeAudit()
            #expect(try await root.get("/v1/admin/backups/\(name)/content").text == text)
            #expect(try await root.delete("/v1/admin/backups/\(name)").status == 204)
            #expect(await shelf.files().isEmpty)
            let acts = try await root.get("/v1/audit/events?action=backup")
            #expect(acts.count("data") == 2 && acts.string("data.0.target") == name)
        }
    }

    /// Of several who begin one at once, one does, and nobody else is written down as having done it.
    @Test func whoIsTooLateHasBegunNothing() async throws {
        try await TestServer.runSite(backups: ScriptedBackups()) { site in
            let root = try await site.administrator()
            let answers = try await withThrowingTaskGroup(of: Int.self, returning: [Int].self) { group in
                for _ in 0..<8 { group.addTask { try await root.post("/v1/admin/backups").status } }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(answers.sorted() == [202] + Array(repeating: 409, count: 7))
            #expect(try await root.get("/v1/audit/events?action=backup.begun").count("data") == 1)
        }
    }
}
