import Engine
import HTTPTypes
import Testing

extension ConditionTests {
    /// A folder takes the place of the one that was downloaded, and of no other.
    @Test func anArchiveIsReplacedAsItWasSeen() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let body = #"{"skill_md":"---\nname: notes\ndescription: x\n---\nDo it."}"#
            let path = "/v1/skills/\(try #require(try await ada.post("/v1/skills", body).string("data.skill_id")))"
            let seen = try #require(try await ada.get("\(path)/archive").headers[.eTag])
            #expect(try await ada.get("\(path)/archive").headers[.eTag] == seen)
            func replace(_ tag: String) async throws -> Answer {
                let form: HTTPFields = [.ifMatch: tag, .contentType: "multipart/form-data; boundary=part"]
                return try await ada.call(.put, "\(path)/archive", body: RouteWorld.upload, headers: form)
            }
            // That is no archive; only whoever may replace it is told so.
            #expect(try await replace(seen).status == 422)
            let other = body.replacing("Do it.", with: "Do it well.")
            #expect(try await ada.patch(path, other).status == 200)
            let late = try await replace(seen)
            #expect(late.status == 412 && late.string("error.code") == "PRECONDITION_FAILED", "\(late.text)")
        }
    }

    /// What is listed at the address of a workspace is not the one thing that is removed.
    @Test func noFileOfAWorkspaceIsRemovedAsItWasSeen() async throws {
        let shelf = ScriptedWorkspaces()
        try await TestServer.runSite(workspaces: shelf) { site in
            let ada = try await Caller(client: site.client).newcomer("ada")
            let place = "/v1/conversations/\(try await ada.newConversation())/workspace"
            await shelf.write("a.txt", "one", at: 1_800_000_000)
            let tag = try #require(try await ada.get(place).headers[.eTag])
            for known in [tag, "*"] {
                let path = "\(place)?path=a.txt"
                let refused = try await ada.call(.delete, path, body: nil, headers: [.ifMatch: known])
                #expect(refused.status == 400 && refused.string("error.code") == "BAD_REQUEST", "\(known)")
            }
            #expect(try await ada.delete("\(place)?path=a.txt").status == 204)
            let document = try await Contract.of(site.client).document
            let removal = document["paths"]?["/v1/conversations/{id}/workspace"]?["delete"]
            let names = removal?["parameters"]?.array?.compactMap { $0["name"]?.string } ?? []
            #expect(names.contains("path") && !names.contains("If-Match"))
            #expect(removal?["responses"]?["412"] == nil)
        }
    }
}
