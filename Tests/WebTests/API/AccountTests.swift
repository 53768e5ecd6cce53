import Foundation
import HTTPTypes
import Postgres
import Testing

@Suite struct AccountTests {
    @Test func registersSignsInAndShowsOneself() async throws {
        try await TestServer.run { caller in
            let registered = try await caller.post(
                "/v1/register",
                #"{"email":"Ada@Example.com","password":"correct horse 9","nickname":"阿达"}"#
            )
            #expect(registered.status == 201)
            #expect(registered.flag("success") == true)
            #expect(registered.string("data.nickname") == "阿达")
            #expect(registered["data.hashed_password"] == nil)

            let signedIn = try await caller.signIn("ada@example.com", "correct+horse+9")
            #expect(signedIn.status == 200)
            #expect(signedIn.string("data.token_type") == "bearer")
            #expect(signedIn.number("data.expires_in") == 1800)

            var ada = caller
            ada.token = signedIn.string("data.access_token")
            let me = try await ada.get("/v1/users/me")
            #expect(me.string("data.email") == "ada@example.com")
            #expect(me.string("meta.request_id")?.hasPrefix("req_") == true)
            #expect(me.string("meta.timestamp")?.hasSuffix("Z") == true)
        }
    }

    @Test func oneAnswerForAWrongPasswordAndForNobody() async throws {
        try await TestServer.run { caller in
            _ = try await caller.newcomer("ada")
            let wrong = try await caller.signIn("ada@example.com", "wrong+password")
            let nobody = try await caller.signIn("nobody@example.com", "wrong+password")
            #expect(wrong.status == 401 && nobody.status == 401)
            #expect(wrong.string("error.message") == nobody.string("error.message"))
        }
    }

    /// What was left out is named, as by every other call; nobody has tried a password by that.
    @Test(arguments: [
        ("", ["username", "password"]), ("username=ada@example.com", ["password"]), ("password=x", ["username"]),
        ("username=ada@example.com&password=", ["password"]), ("username=+&password=x", ["username"]),
        ("email=ada@example.com&secret=x", ["username", "password"]),
    ])
    func aSignInNamesWhatIsMissing(body: String, fields: [String]) async throws {
        try await TestServer.run { caller in
            let answer = try await caller.call(
                .post,
                "/v1/login/access-token",
                body: body,
                headers: [.contentType: "application/x-www-form-urlencoded"]
            )
            #expect(answer.status == 422 && answer.string("error.code") == "VALIDATION_ERROR", "\(answer.text)")
            #expect(answer.count("error.details") == fields.count, "\(answer.text)")
            for (index, field) in fields.enumerated() {
                #expect(answer.string("error.details.\(index).field") == field, "\(answer.text)")
            }
        }
    }

    @Test func sixSignInsAtOnceAreSixTokens() async throws {
        try await TestServer.run { caller in
            _ = try await caller.newcomer("ada")
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<6 {
                    group.addTask { try await caller.signIn("ada@example.com", "correct+horse+9").status }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses == [200, 200, 200, 200, 200, 200])
        }
    }

    @Test func anEmailIsTakenOnce() async throws {
        try await TestServer.run { caller in
            _ = try await caller.newcomer("ada")
            let again = try await caller.post(
                "/v1/register",
                #"{"email":"ADA@example.com","password":"correct horse 9"}"#
            )
            #expect(again.status == 409)
            #expect(again.string("error.code") == "CONFLICT")
            #expect(again.string("error.details.0.field") == "email")
        }
    }

    @Test(arguments: [
        (#"{"email":"a@example.com"}"#, "password"),
        (#"{"email":"nonsense","password":"correct horse 9"}"#, "email"),
        (#"{"email":"a@example.com","password":"short"}"#, "password"),
        (#"{"email":7,"password":"correct horse 9"}"#, "email"),
    ])
    func namesTheFieldToMend(body: String, field: String) async throws {
        try await TestServer.run { caller in
            let answer = try await caller.post("/v1/register", body)
            #expect(answer.status == 422)
            #expect(answer.string("error.code") == "VALIDATION_ERROR")
            #expect(answer.string("error.details.0.field") == field)
        }
    }

    @Test(arguments: ["", "{", "[]", "\"text\""])
    func refusesWhatIsNoObject(body: String) async throws {
        try await TestServer.run { caller in
            let answer = try await caller.post("/v1/register", body)
            #expect(answer.status == 400)
            #expect(answer.string("error.code") == "BAD_REQUEST")
        }
    }

    @Test func aRefreshTokenWorksOnceAndItsReuseEndsTheFamily() async throws {
        try await TestServer.run { caller in
            _ = try await caller.newcomer("ada")
            let first = try await caller.signIn("ada@example.com", "correct+horse+9").string("data.refresh_token") ?? ""
            let second = try await caller.post("/v1/login/refresh-token", #"{"refresh_token":"\#(first)"}"#)
            #expect(second.status == 200)
            let rotated = second.string("data.refresh_token") ?? ""
            #expect(rotated != first)
            #expect(try await caller.post("/v1/login/refresh-token", #"{"refresh_token":"\#(first)"}"#).status == 401)
            #expect(try await caller.post("/v1/login/refresh-token", #"{"refresh_token":"\#(rotated)"}"#).status == 401)
        }
    }

    @Test func aSignedOutRefreshTokenIsRefused() async throws {
        try await TestServer.run { caller in
            _ = try await caller.newcomer("ada")
            let signedIn = try await caller.signIn("ada@example.com", "correct+horse+9")
            let token = signedIn.string("data.refresh_token") ?? ""
            var ada = caller
            ada.token = signedIn.string("data.access_token")
            #expect(try await ada.get("/v1/users/me").status == 200)
            #expect(try await caller.post("/v1/logout", #"{"refresh_token":"\#(token)"}"#).status == 204)
            #expect(try await ada.get("/v1/users/me").status == 401, "the access token ends with it")
            #expect(try await caller.post("/v1/login/refresh-token", #"{"refresh_token":"\#(token)"}"#).status == 401)
        }
    }

    @Test func changesThePasswordAndEndsOlderTokens() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let refresh =
                try await caller.signIn("ada@example.com", "correct+horse+9").string("data.refresh_token") ?? ""
            let wrong = try await ada.put(
                "/v1/password/change",
                #"{"current_password":"not it at all","new_password":"another horse 9"}"#
            )
            #expect(wrong.status == 422)
            let changed = try await ada.put(
                "/v1/password/change",
                #"{"current_password":"correct horse 9","new_password":"another horse 9"}"#
            )
            #expect(changed.status == 204)
            // However soon: the token is of the same second.
            #expect(try await ada.get("/v1/users/me").status == 401)
            #expect(try await caller.signIn("ada@example.com", "correct+horse+9").status == 401)
            #expect(try await caller.signIn("ada@example.com", "another+horse+9").status == 200)
            #expect(try await caller.post("/v1/login/refresh-token", #"{"refresh_token":"\#(refresh)"}"#).status == 401)
        }
    }

    @Test func aBodyThatIsTooLongIsSaid() async throws {
        try await TestServer.run { caller in
            let long = String(repeating: "x", count: 20_000)
            let answer = try await caller.signIn("ada@example.com", long)
            #expect(answer.status == 413)
        }
    }

    @Test(arguments: ["", "nonsense", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."])
    func refusesAForeignToken(token: String) async throws {
        try await TestServer.run { caller in
            var stranger = caller
            stranger.token = token
            let answer = try await stranger.get("/v1/users/me")
            #expect(answer.status == 401)
            #expect(answer.string("error.code") == "UNAUTHORIZED")
        }
    }

    @Test func keepsPreferencesAndLanguage() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let merged = try await ada.patch("/v1/users/me/preferences", #"{"theme":"dark"}"#)
            #expect(merged.string("data.theme") == "dark")
            let more = try await ada.patch("/v1/users/me/preferences", #"{"ai_settings":{"max_tokens":2000}}"#)
            #expect(more.string("data.theme") == "dark")
            #expect(more.number("data.ai_settings.max_tokens") == 2000)
            let updated = try await ada.put("/v1/users/me", #"{"nickname":"A","language":"zh"}"#)
            #expect(updated.string("data.language") == "zh-CN")
            #expect(try await ada.put("/v1/users/me", #"{"language":"xx"}"#).status == 422)
        }
    }

    /// By a name or by an offset, as the contract has it.
    @Test func aTimeZoneIsOneThatIsKnown() async throws {
        try await TestServer.runSite { site in
            let ada = try await Caller(client: site.client).newcomer("ada")
            for zone in ["Asia/Shanghai", "UTC+8:00", "UTC-9:30", "UTC", " Europe/Berlin "] {
                let changed = try await ada.put("/v1/users/me", #"{"timezone":"\#(zone)"}"#)
                let wanted = zone.trimmingCharacters(in: .whitespaces)
                #expect(changed.status == 200 && changed.string("data.timezone") == wanted, "\(changed.text)")
                #expect(try await ada.get("/v1/users/me").string("data.timezone") == wanted)
            }
            for wrong in ["Europe/Atlantis", "Mars", "UTC+99:00", "UTC+8", "UTC+8:00x", "../etc/passwd", ""] {
                let refused = try await ada.put("/v1/users/me", #"{"timezone":"\#(wrong)","nickname":"Not kept"}"#)
                #expect(refused.status == 422, "\(wrong): \(refused.text)")
                #expect(refused.string("error.details.0.field") == "timezone", "\(wrong): \(refused.text)")
            }
            #expect(try await ada.get("/v1/users/me").string("data.timezone") == "Europe/Berlin")

            // What was kept before anybody looked stays as it is, and is in nobody's way.
            try await site.database.administrator.query("update users set timezone = 'Atlantis'")
            let kept = try await ada.put("/v1/users/me", #"{"nickname":"Ada","timezone":"Atlantis"}"#)
            #expect(kept.status == 200 && kept.string("data.timezone") == "Atlantis", "\(kept.text)")
            let left = try await ada.put("/v1/users/me", #"{"nickname":"Ada L."}"#)
            #expect(left.string("data.timezone") == "Atlantis" && left.string("data.nickname") == "Ada L.")
            #expect(try await ada.patch("/v1/users/me/preferences", #"{"theme":"dark"}"#).status == 200)
            #expect(try await ada.put("/v1/users/me", #"{"timezone":"UTC+1:00"}"#).status == 200)
        }
    }
}
