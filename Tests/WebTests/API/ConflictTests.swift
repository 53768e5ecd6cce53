import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Storage
import Testing
import Web

/// What an endpoint says it refuses as being in the way of something else, it does, and names what that is.
@Suite struct ConflictTests {
    private func expect(_ answer: Answer, _ field: String, _ what: String = "") {
        #expect(answer.status == 409 && answer.string("error.code") == "CONFLICT", "\(what) \(answer.text)")
        #expect(answer.string("error.details.0.field") == field, "\(what) \(answer.text)")
    }

    @Test func anOrganisationOfOnesOwnIsForOne() async throws {
        try await TestServer.runSite { site in
            let root = try await site.administrator()
            let ada = try await Caller(client: site.client).newcomer("ada")
            let me = try await ada.get("/v1/users/me")
            let own = "/v1/organizations/\(me.string("data.organization_id") ?? "")"
            let person = try await root.get("/v1/users/me").string("data.user_id") ?? ""
            expect(try await ada.delete(own), "organization", "deletion")
            expect(try await ada.post("\(own)/invitations"), "organization", "invitation")
            expect(try await root.post("\(own)/members", #"{"user_id":"\#(person)"}"#), "organization", "member")
        }
    }

    @Test func theLastOwnerStaysOne() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let me = try await ada.get("/v1/users/me").string("data.user_id") ?? ""
            let team = try await ada.post("/v1/organizations", #"{"name":"Team"}"#).string("data.organization_id") ?? ""
            let member = "/v1/organizations/\(team)/members/\(me)"
            expect(try await ada.patch(member, #"{"role":"member"}"#), "role")
            expect(try await ada.delete(member), "role")
        }
    }

    @Test func aNameThatIsTaken() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            func skill(_ name: String) -> String { #"{"skill_md":"---\nname: \#(name)\ndescription: x\n---\nDo it."}"# }
            func tool(_ name: String) -> String {
                #"{"name":"\#(name)","description":"x","definition":{"code":"cat"}}"#
            }
            for name in ["one", "two"] {
                #expect(try await ada.post("/v1/skills", skill(name)).status == 201)
                #expect(try await ada.post("/v1/tools", tool(name)).status == 201)
            }
            let skills = try await ada.get("/v1/skills")
            let tools = try await ada.get("/v1/tools")
            let second = (0..<2).first { skills.string("data.\($0).name") == "two" }
            let place = "/v1/skills/\(skills.string("data.\(second ?? 9).skill_id") ?? "")"
            let made = (0..<(tools.count("data") ?? 0)).first { tools.string("data.\($0).name") == "two" }
            let script = try #require(tools.string("data.\(made ?? 9).tool_id"), "\(tools.text)")
            expect(try await ada.patch(place, skill("one")), "name", "skill")
            expect(try await ada.patch("/v1/tools/\(script)", #"{"name":"one"}"#), "name", "tool")
            let archive = try ZipReaderTests.packed(
                "z.writestr('SKILL.md', '---\\nname: one\\ndescription: x\\n---\\nLook.')"
            )
            expect(try await send(archive, .post, "/v1/skills/archive", by: ada), "name", "archive")
            expect(try await send(archive, .put, "\(place)/archive", by: ada), "name", "archive in place of one")
        }
    }

    private func send(_ archive: [UInt8], _ method: HTTPRequest.Method, _ path: String, by caller: Caller) async throws
        -> Answer
    {
        var body = ByteBuffer(
            string: "--part\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.zip\"\r\n\r\n"
        )
        body.writeBytes(archive)
        body.writeString("\r\n--part--\r\n")
        let headers: HTTPFields = [
            .authorization: "Bearer \(caller.token ?? "")", .contentType: "multipart/form-data; boundary=part",
        ]
        return try await caller.client.execute(uri: path, method: method, headers: headers, body: body) { Answer($0) }
    }

    /// What hangs under something that is hidden has no place to come back to.
    @Test func aMessageWhoseQuestionIsGone() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            try await ada.addModel()
            let path = "/v1/conversations/\(try await ada.newConversation())/messages"
            for word in ["one", "two"] { _ = try await ada.post(path, #"{"content":"\#(word)"}"#) }
            let messages = try await ada.get(path)
            let (answer, second) = (
                try #require(messages.string("data.1.message_id")), try #require(messages.string("data.2.message_id"))
            )
            #expect(try await ada.delete("\(path)/\(second)").status == 204)
            #expect(try await ada.delete("\(path)/\(answer)").status == 204)
            expect(try await ada.post("\(path)/\(second)/restoration"), "message")
            #expect(try await ada.post("\(path)/\(answer)/restoration").status == 200)
            #expect(try await ada.post("\(path)/\(second)/restoration").status == 200)
        }
    }

    @Test func tooManyTicketsForSockets() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            for _ in 0..<100 { #expect(try await ada.post("/v1/ws/tickets").status == 201) }
            expect(try await ada.post("/v1/ws/tickets"), "ticket")
        }
    }
}
