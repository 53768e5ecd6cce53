import Foundation
import Postgres
import Testing

/// Where agents search the web, over the API.
@Suite struct SearchSettingTests {
    private static let path = "/v1/settings/search"

    @Test func itIsChosenAndItsKeyDoesNotComeOut() async throws {
        try await TestServer.runSite { site in
            let administrator = try await Caller(client: site.client).newcomer("one")
            try await site.database.administrator.query("update users set is_superuser = true")
            let first = try await administrator.get(Self.path)
            #expect(first.status == 200 && first["data.service"] == nil && first.flag("data.has_key") == false)
            let brave = try await administrator.put(Self.path, #"{"service":"brave","key":"sk-seen-by-nobody"}"#)
            #expect(brave.string("data.service") == "brave" && brave.flag("data.has_key") == true)
            #expect(!brave.text.contains("sk-seen"))
            // Another service does not get the key of the one before.
            let wrong = try await administrator.put(Self.path, #"{"service":"tavily"}"#)
            #expect(wrong.status == 422 && wrong.string("error.details.0.field") == "key")
            let own = try await administrator.put(
                Self.path,
                #"{"service":"searxng","url":"https://search.example.org"}"#
            )
            #expect(own.string("data.url") == "https://search.example.org" && own.flag("data.has_key") == false)
            for (body, field) in [
                (#"{"service":"searxng"}"#, "url"), (#"{"service":"custom","url":"https://example.org"}"#, "url"),
                (#"{"service":"bing"}"#, "service"),
            ] {
                let refused = try await administrator.put(Self.path, body)
                #expect(refused.status == 422 && refused.string("error.details.0.field") == field)
            }
            #expect(try await administrator.put(Self.path, #"{"service":"none"}"#).string("data.service") == "none")
            let last = try await administrator.put(Self.path, #"{"service":null}"#)
            #expect(last.status == 200 && last["data.service"] == nil)
        }
    }

    @Test func itIsForAdministrators() async throws {
        try await TestServer.run { caller in
            let member = try await caller.newcomer("one")
            #expect(try await member.get(Self.path).status == 403)
            #expect(try await member.put(Self.path, #"{"service":"none"}"#).status == 403)
        }
    }
}
