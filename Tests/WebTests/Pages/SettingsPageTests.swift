import Foundation
import Postgres
import Testing

@Suite struct SettingsPageTests {
    @Test func profileAndLook() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            try await visitor.get("/settings")
            let wrong = try await visitor.submit("/settings/profile", [("nickname", ""), ("timezone", "Mars")])
            #expect(
                wrong.status == 422 && wrong.text.contains("Write a name.") && wrong.text.contains("Choose a time zone")
            )
            let fields = [("nickname", "One"), ("timezone", "UTC+8:00"), ("language", "zh-CN"), ("theme", "dark")]
            let saved = try await visitor.post("/settings/profile", fields)
            #expect(saved.text.contains("<html lang=\"zh-CN\" data-theme=\"dark\">") && saved.text.contains("已保存"))
            #expect(saved.text.contains("<option value=\"UTC+8:00\" selected>"))
        }
    }

    /// A program may have chosen a name that the list has not; what nobody knows is only let stay.
    @Test func aTimeZoneThatIsNotInTheList() async throws {
        try await TestServer.runSite { site in
            let visitor = Visitor(Caller(client: site.client))
            try await visitor.register("one")
            func save(_ zone: String) async throws -> Answer {
                try await visitor.get("/settings")
                let fields = [("nickname", "One"), ("timezone", zone), ("language", "en"), ("theme", "dark")]
                return try await visitor.submit("/settings/profile", fields)
            }
            #expect(try await save("Europe/Berlin").status == 303)
            #expect(try await visitor.get("/settings").text.contains("<option value=\"Europe/Berlin\" selected>"))
            #expect(try await save("Europe/Atlantis").status == 422)
            try await site.database.administrator.query("update users set timezone = 'Atlantis'")
            #expect(try await visitor.get("/settings").text.contains("<option value=\"Atlantis\" selected>"))
            #expect(try await save("Atlantis").status == 303)
            #expect(try await save("Mars").status == 422)
        }
    }

    @Test func aNewPasswordEndsOtherSessions() async throws {
        try await TestServer.run { caller in
            let (here, there) = (Visitor(caller), Visitor(caller))
            try await here.register("one")
            try await there.get("/sign-in")
            try await there.post("/sign-in", [("email", "one@example.com"), ("password", "correct horse 9")])
            #expect(try await there.look("/").status == 200)
            try await here.get("/settings")
            let wrong = try await here.submit(
                "/settings/password",
                [("current_password", "wrong horse 9"), ("new_password", "better horse 10")]
            )
            #expect(wrong.status == 422 && wrong.text.contains("This is not the current password."))
            #expect(!wrong.text.contains("better horse"))
            let changed = try await here.post(
                "/settings/password",
                [("current_password", "correct horse 9"), ("new_password", "better horse 10")]
            )
            #expect(changed.text.contains("The password is changed"))
            #expect(try await there.look("/").status == 303)
            #expect(try await here.look("/").status == 200)
        }
    }

    @Test func anotherDeviceCanBeSignedOut() async throws {
        try await TestServer.run { caller in
            let (here, there) = (Visitor(caller), Visitor(caller))
            try await here.register("one")
            try await there.get("/sign-in")
            try await there.post("/sign-in", [("email", "one@example.com"), ("password", "correct horse 9")])
            let page = try await here.get("/settings")
            let path = try #require(page.text.firstMatch(of: /action="(\/settings\/sessions\/[^"]+)"/)).1
            try await here.post(String(path))
            #expect(try await there.look("/").status == 303)
        }
    }

    @Test func aKeyGoesInAndNeverComesOut() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            try await visitor.get("/settings")
            let key = "s3cret-of-the-coast"
            let made = try await visitor.submit(
                "/settings/secrets",
                [("secret_name", "COAST"), ("secret_value", key), ("secret_hosts", "tides example")]
            )
            #expect(made.status == 303)
            let bad = try await visitor.submit(
                "/settings/secrets",
                [("secret_name", "no name"), ("secret_value", key), ("secret_hosts", "api.example.org")]
            )
            #expect(bad.status == 422 && bad.text.contains("a letter first") && bad.text.contains("value=\"no name\""))
            #expect(!bad.text.contains(key))
            let taken = try await visitor.submit(
                "/settings/secrets",
                [("secret_name", "COAST"), ("secret_value", key), ("secret_hosts", "a.example.org")]
            )
            #expect(taken.status == 422 && taken.text.contains("There is a key of this name."))
            let page = try await visitor.get("/settings")
            #expect(page.text.contains("<code>COAST</code>") && page.text.contains("tides, example"))
            #expect(!page.text.contains(key) && !page.text.contains("secret_shared"))
            let path = try #require(page.text.firstMatch(of: /action="(\/settings\/secrets\/[^"]+\/deletion)"/)).1
            let rest = try await visitor.post(String(path))
            #expect(!rest.text.contains("<code>COAST</code>"))
        }
    }

    @Test func agentsCanBeLookedAt() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            let list = try await visitor.get("/agents")
            let path = try #require(list.text.firstMatch(of: /href="(\/agents\/[0-9a-f-]{36})"/)).1
            let agent = try await visitor.get(String(path))
            #expect(agent.text.contains("Instruction") && agent.text.contains("Talk to it"))
        }
    }
}
