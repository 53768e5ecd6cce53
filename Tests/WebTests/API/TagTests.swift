import HTTPTypes
import Testing

/// What is read and is no JSON says what it is of as well: tables, files, archives.
@Suite struct TagTests {
    @Test func tablesAreAnsweredOnceAsLongAsNothingChanges() async throws {
        try await TestServer.runSite { site in
            let root = try await site.administrator()
            for path in [
                "/v1/usage?format=csv", "/v1/usage?format=csv&series=model", "/v1/admin/usage?format=csv",
                "/v1/audit/tool-calls?format=csv",
            ] { _ = try await expectTag(of: path, for: root) }
            let audit = "/v1/audit/events?format=csv"
            let before = try await expectTag(of: audit, for: root)
            #expect(try await root.post("/v1/organizations", #"{"name":"Team"}"#).status == 201)
            #expect(try await expectTag(of: audit, for: root) != before)
        }
    }

    /// Of files that are kept, and of a skill packed anew each time: by their bytes.
    @Test func theSameBytesHaveTheSameTag() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let files = "/v1/conversations/\(try await ada.newConversation())/files"
            let form = FileRouteTests.form([("a.txt", "hello"), ("b.txt", "hello"), ("c.txt", "goodbye")])
            let sent = try await ada.post(files, form, headers: FileRouteTests.multipart)
            var tags: [String] = []
            for index in 0..<3 {
                let address = try #require(sent.string("data.\(index).url"))
                tags.append(try await expectTag(of: address, for: ada))
            }
            #expect(tags[0] == tags[1] && tags[1] != tags[2])
            func text(_ about: String) -> String {
                #"{"skill_md":"---\nname: notes\ndescription: \#(about)\n---\nShort."}"#
            }
            let made = try await ada.post("/v1/skills", text("First."))
            let skill = "/v1/skills/\(try #require(made.string("data.skill_id")))"
            let first = try await expectTag(of: skill + "/archive", for: ada)
            #expect(try await ada.patch(skill, text("Second.")).status == 200)
            #expect(try await expectTag(of: skill + "/archive", for: ada) != first)
            #expect(try await ada.patch(skill, text("First.")).status == 200)
            #expect(try await expectTag(of: skill + "/archive", for: ada) == first)
        }
    }

    /// Nobody reads a whole workspace to see whether it has changed.
    @Test func ofAWorkspaceLengthAndTimeDecide() async throws {
        let shelf = ScriptedWorkspaces()
        try await TestServer.runSite(workspaces: shelf) { site in
            let ada = try await Caller(client: site.client).newcomer("ada")
            let place = "/v1/conversations/\(try await ada.newConversation())/workspace"
            let (file, archive) = (place + "/content?path=a.txt", place + "/archive")
            await shelf.write("a.txt", "one", at: 1_800_000_000)
            let one = (try await expectTag(of: file, for: ada), try await expectTag(of: archive, for: ada))
            #expect(one.0.hasPrefix("W/\"") && one.1.hasPrefix("W/\""))
            // Some clients leave the sign of a weak one out.
            let known: HTTPFields = [.ifNoneMatch: String(one.0.dropFirst(2))]
            #expect(try await ada.get(file, headers: known).status == 304)
            await shelf.write("a.txt", "two", at: 1_800_000_000.001)
            let two = (try await expectTag(of: file, for: ada), try await expectTag(of: archive, for: ada))
            #expect(one.0 != two.0 && one.1 != two.1)
            await shelf.write("b.txt", "more", at: 1_800_000_000)
            #expect(try await expectTag(of: file, for: ada) == two.0)
            #expect(try await expectTag(of: archive, for: ada) != two.1)
            #expect(try await ada.get(place + "/content?path=c.txt").status == 404)
        }
    }

    @Test func aBackupIsTakenAwayOnce() async throws {
        let shelf = ScriptedBackups()
        try await TestServer.runSite(backups: shelf) { site in
            let root = try await site.administrator()
            await shelf.finish("alma-1-manual.dump", "all of it")
            await shelf.finish("alma-2-manual.dump", "all of it")
            let tags = [
                try await expectTag(of: "/v1/admin/backups/alma-1-manual.dump/content", for: root),
                try await expectTag(of: "/v1/admin/backups/alma-2-manual.dump/content", for: root),
            ]
            #expect(tags[0] != tags[1])
            // Each was asked for three times, once of them as what is known already.
            let acts = "/v1/audit/events?action=backup.downloaded"
            #expect(try await root.get(acts).count("data") == 4)
            let path = "/v1/admin/backups/alma-1-manual.dump/content"
            let head = try await root.call(.head, path, body: nil)
            #expect(head.status == 200 && head.text.isEmpty && head.headers[.eTag] == tags[0])
            #expect(try await root.get(acts).count("data") == 4, "nothing has left")
        }
    }

    /// Reads it, and once more with the tag of the first time, which is returned.
    private func expectTag(
        of path: String,
        for caller: Caller,
        at place: SourceLocation = #_sourceLocation
    ) async throws -> String {
        let first = try await caller.get(path)
        let tag = try #require(first.headers[.eTag], "\(path) \(first.status)", sourceLocation: place)
        #expect(first.status == 200 && !first.text.isEmpty, "\(path)", sourceLocation: place)
        // It is held against what its caller has saved, and no browser keeps it besides.
        #expect(first.headers[.cacheControl] == "no-store", "\(path)", sourceLocation: place)
        let again = try await caller.get(path, headers: [.ifNoneMatch: tag])
        #expect(again.status == 304 && again.text.isEmpty, "\(path) \(again.status)", sourceLocation: place)
        #expect(again.headers[.eTag] == tag, "\(path)", sourceLocation: place)
        let other = try await caller.get(path, headers: [.ifNoneMatch: "\"x\""])
        #expect(other.status == 200 && other.text == first.text, "\(path)", sourceLocation: place)
        return tag
    }
}
