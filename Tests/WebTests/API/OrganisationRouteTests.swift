import Foundation
import HTTPTypes
import Storage
import Testing
import Web

/// `/v1/organizations`: what comes, each way in which it is refused, and working in one.
@Suite struct OrganisationRouteTests {
    @Test func peopleJoinWorkTogetherAndLeave() async throws {
        try await TestServer.run { caller in
            let (owner, member) = (try await caller.newcomer("owner"), try await caller.newcomer("member"))
            #expect(try await owner.post("/v1/organizations", #"{"name":" "}"#).status == 422)
            let made = try await owner.post("/v1/organizations", #"{"name":"Harbour"}"#)
            #expect(made.status == 201 && made.string("data.role") == "owner")
            let id = try #require(made.string("data.organization_id"))
            let path = "/v1/organizations/\(id)"
            #expect(try await member.get(path).status == 404)
            #expect(try await member.get("\(path)/members").status == 404)
            for body in [
                #"{"role":"owner"}"#, #"{"role":"king"}"#, #"{"uses":0}"#, #"{"email":"x"}"#,
                #"{"expires_in_days":91}"#,
            ] {
                #expect(try await owner.post("\(path)/invitations", body).status == 422, "\(body)")
            }
            let link = try await owner.post("\(path)/invitations")
            let token = try #require(link.string("data.url")?.split(separator: "=").last)
            #expect(try await member.post("/v1/invitations/acceptance", #"{"token":"\#(token)"}"#).status == 200)
            #expect(try await member.post("/v1/invitations/acceptance", #"{"token":"\#(token)"}"#).status == 422)
            let members = try await member.get("\(path)/members")
            #expect(members.count("data") == 2 && members.string("data.1.email") == "member@example.com")
            #expect(try await member.patch(path, #"{"name":"x"}"#).status == 403)
            #expect(try await member.post("\(path)/invitations").status == 403)
            #expect(try await member.get("\(path)/invitations").status == 403)
            #expect(try await owner.patch(path, #"{"name":"Port"}"#).string("data.name") == "Port")

            // What belongs to the organisation is there for both, by the header.
            let within: HTTPFields = [.organisation: id]
            let body = #"{"provider":"custom","provider_name":"Shared","api_base_url":"http://127.0.0.1:9/v1"}"#
            #expect(try await owner.post("/v1/llm-configs", body, headers: within).status == 201)
            #expect(try await member.get("/v1/llm-configs").count("data") == 0)
            #expect(try await member.get("/v1/llm-configs", headers: within).count("data") == 1)
            let stranger = try await caller.newcomer("stranger")
            #expect(try await stranger.get("/v1/llm-configs", headers: within).status == 403)
            #expect(try await stranger.get("/v1/llm-configs", headers: [.organisation: "x"]).status == 403)

            let ids = (0...1).compactMap { members.string("data.\($0).user_id") }
            #expect(try await owner.patch("\(path)/members/\(ids[1])", #"{"role":"king"}"#).status == 422)
            #expect(try await owner.patch("\(path)/members/\(ids[1])", #"{"role":"admin"}"#).status == 204)
            #expect(try await member.delete("\(path)/members/\(ids[0])").status == 403)
            #expect(try await owner.delete("\(path)/members/\(ids[0])").status == 409)
            #expect(try await member.delete("\(path)/members/\(ids[1])").status == 204)
            #expect(try await member.get("/v1/llm-configs", headers: within).status == 403)
            #expect(try await owner.delete("\(path)/members/\(ids[1])").status == 404)
        }
    }

    @Test func byPages() async throws {
        try await TestServer.run { caller in
            let (owner, member) = (Visitor(caller), Visitor(caller))
            try await owner.register("owner")
            try await member.register("member")
            try await owner.get("/organisations")
            let wrong = try await owner.submit("/organisations", [("name", " ")])
            #expect(wrong.status == 422 && wrong.text.contains("Write a name of up to 100 characters."))
            let made = try await owner.post("/organisations", [("name", "Harbour")])
            #expect(made.text.contains("Harbour"))
            let path = String(owner.address.prefix { $0 != "?" })
            let shown = try await owner.submit("\(path)/invitations", [("role", "member"), ("uses", "1")])
            let link = try #require(shown.text.firstMatch(of: /http:[^<]+(\/join\?token=[^<]+)</)).1
            #expect(try await owner.get(path).text.contains("/join?token=") == false, "it is shown once")
            let offer = try await member.get(String(link))
            #expect(offer.text.contains("You are invited to Harbour"))
            let token = try #require(link.split(separator: "=").last)
            let joined = try await member.post("/join", [("token", String(token))])
            #expect(joined.status == 200 && member.address.hasPrefix(path))
            #expect(try await member.get("/organisations").text.contains("you are here"))
            let refused = try await member.submit("\(path)/members/\(UUID().uuidString)", [("role", "owner")])
            #expect(refused.status == 404)
            let leaving = try await member.get(path)
            let removal = try #require(leaving.text.firstMatch(of: /href="(\/organisations\/[^"]+\/removal)"/)).1
            #expect(try await member.get(String(removal)).text.contains("Leave Harbour"))
            try await member.post(String(removal))
            #expect(try await member.look(path).status == 404)
            #expect(try await member.look("/").status == 200, "still signed in")
            let own = try await owner.get(path)
            let last = try #require(own.text.firstMatch(of: /href="(\/organisations\/[^"]+\/removal)"/)).1
            let stays = try await owner.submit(String(last))
            #expect(stays.status == 422 && stays.text.contains("This is the last owner."))
            #expect(try await owner.look("/join?token=nonsense").status == 422)
        }
    }
}
