import Foundation
import HTTPTypes
import Postgres
import Testing

/// A change over the API names some fields: all others stay as they are, also as somebody else makes them meanwhile.
@Suite struct AgentChangeTests {
    private func skill(_ name: String) -> String { #"{"skill_md":"---\nname: \#(name)\ndescription: x\n---\nDo it."}"# }

    /// The agent is given `skill` at the moment at which the change has read it and not yet written.
    private func change(_ path: String, _ headers: HTTPFields, giving skill: String, by ada: Caller, at site: TestSite)
        async throws -> Answer
    {
        let id = try #require(UUID(uuidString: String(path.suffix(36))))
        let (gift, change) = try await site.database.administrator.transaction { transaction in
            _ = try await transaction.query("select from agents where agent_id = \(id) for update")
            let gift = Task { try await ada.call(.put, "\(path)/skills", body: #"{"skills":["\#(skill)"]}"#) }
            try await site.database.waitForLocks(1)
            let body = #"{"instruction":"Look for \#(skill)."}"#
            let change = Task { try await ada.patch(path, body, headers: headers) }
            try await site.database.waitForLocks(2)
            return (gift, change)
        }
        #expect(try await gift.value.status == 200)
        return try await change.value
    }

    @Test func whatIsChangedMeanwhileStays() async throws {
        try await TestServer.runSite { site in
            let ada = try await Caller(client: site.client).newcomer("ada")
            for name in ["one", "two"] { #expect(try await ada.post("/v1/skills", skill(name)).status == 201) }
            let made = try await ada.post("/v1/agents", #"{"name":"scout","instruction":"Look."}"#)
            let path = "/v1/agents/\(try #require(made.string("data.agent_id")))"

            let free = try await change(path, [:], giving: "one", by: ada, at: site)
            #expect(free.status == 200 && free.string("data.instruction") == "Look for one.", "\(free.text)")
            #expect(try await ada.get("\(path)/skills")["data.skills"] as? [String] == ["one"])

            let tag = try #require(try await ada.get(path).headers[.eTag])
            let bound = try await change(path, [.ifMatch: tag], giving: "two", by: ada, at: site)
            #expect(bound.status == 412, "\(bound.text)")
            #expect(try await ada.get(path).string("data.instruction") == "Look for one.")
            #expect(try await ada.get("\(path)/skills")["data.skills"] as? [String] == ["two"])
        }
    }
}
