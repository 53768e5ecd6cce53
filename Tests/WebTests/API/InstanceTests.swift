import Engine
import Foundation
import HTTPTypes
import Postgres
import Storage
import Testing

@testable import Web

/// Settings of the instance and backups, by the API and by the forms.
@Suite(.timeLimit(.minutes(10))) struct InstanceTests {
    private func visitor(_ root: Caller) async throws -> Visitor {
        let visitor = Visitor(root)
        try await visitor.get("/sign-in")
        try await visitor.post("/sign-in", [("email", "root@example.com"), ("password", "correct horse 9")])
        return visitor
    }

    @Test func settingsAreChangedFieldByField() async throws {
        try await TestServer.runSite { site in
            let root = try await site.administrator()
            let first = try await root.get("/v1/admin/settings")
            #expect(first.string("data.registration") == "open" && first["data.conversation_days"] == nil)
            let changes =
                #"{"conversation_days":30,"log_days":7,"terms_url":"https://example.org/terms","announcement":"**Tonight** at ten"}"#
            let changed = try await root.patch("/v1/admin/settings", changes)
            #expect(changed.number("data.conversation_days") == 30 && changed.number("data.log_days") == 7)
            #expect(changed.string("data.registration") == "open" && changed.string("data.announced_at") != nil)
            let cleared = try await root.patch("/v1/admin/settings", #"{"log_days":null,"registration":"closed"}"#)
            #expect(cleared["data.log_days"] == nil && cleared.number("data.conversation_days") == 30)
            #expect(try await site.store.registrationPolicy().mode == .closed)
            for wrong in [
                #"{"registration":"ajar"}"#, #"{"conversation_days":0}"#, #"{"log_days":40000}"#,
                #"{"terms_url":"javascript:alert(1)"}"#, #"{"privacy_url":"https://a b"}"#, #"{"log_days":"x"}"#,
            ] {
                #expect(try await root.patch("/v1/admin/settings", wrong).status == 422, "\(wrong)")
            }
            let acts = try await root.get("/v1/audit/events?per_page=100")
            let found = Set((0..<(acts.count("data") ?? 0)).compactMap { acts.string("data.\($0).action") })
            #expect(
                found.isSuperset(of: [
                    "retention.changed", "policies.changed", "announcement.changed", "registration.changed",
                ])
            )
        }
    }

    @Test func theAnnouncementStandsEverywhereUntilItIsPutAway() async throws {
        try await TestServer.runSite { site in
            let root = try await site.administrator()
            let text = "**Tonight** <script>alert(1)</script> [more](javascript:alert(1))"
            _ = try await root.patch(
                "/v1/admin/settings",
                "{\"announcement\":\"\(text)\",\"terms_url\":\"https://example.org/terms\"}"
            )
            let stranger = Visitor(root)
            let gate = try await stranger.get("/sign-in")
            #expect(gate.text.contains("<strong>Tonight</strong>") && gate.text.contains("https://example.org/terms"))
            #expect(!gate.text.contains("<script>alert") && !gate.text.contains("javascript:alert"))
            let member = try await visitor(root)
            #expect(try await member.get("/agents").text.contains("<strong>Tonight</strong>"))
            let id = try #require(try await member.get("/agents").text.firstMatch(of: /name="id" value="([0-9]+)"/)).1
            let after = try await member.post("/announcement/dismissal", [("id", String(id)), ("return", "/agents")])
            #expect(member.address == "/agents" && !after.text.contains("Tonight"))
            #expect(try await stranger.get("/sign-in").text.contains("Tonight"), "others still see it")
            _ = try await root.patch("/v1/admin/settings", #"{"announcement":"A new one"}"#)
            #expect(try await member.get("/agents").text.contains("A new one"))
            _ = try await root.patch("/v1/admin/settings", #"{"announcement":null}"#)
            #expect(try await !member.get("/agents").text.contains("class=\"announcement\""))
        }
    }

    @Test func theFormKeepsWhatWasTypedAndCountsFirst() async throws {
        try await TestServer.runSite { site in
            let visitor = try await visitor(site.administrator())
            try await visitor.get("/admin/settings")
            let fields = [
                ("registration", "approval"), ("conversation_days", "many"), ("log_days", "7"),
                ("announcement", "<b>soon</b>"), ("terms_url", ""), ("privacy_url", ""), ("approval_minutes", "1.5"),
            ]
            let late = try await visitor.submit("/admin/settings", [("approval_minutes", "soon")])
            #expect(late.status == 422 && late.text.contains(#"id="approval_minutes-error""#))
            #expect(late.text.contains(#"value="soon""#))
            let wrong = try await visitor.submit("/admin/settings", fields)
            #expect(
                wrong.status == 422 && wrong.text.contains("from 1 to 36500") && wrong.text.contains("value=\"many\"")
            )
            #expect(wrong.text.contains("&lt;b&gt;soon&lt;/b&gt;"))
            var right =
                fields.filter { $0.0 != "conversation_days" } + [("conversation_days", "365"), ("action", "count")]
            let counted = try await visitor.submit("/admin/settings", right)
            #expect(counted.status == 200 && counted.text.contains("0 conversations and 0 records"))
            #expect(try await site.store.instanceSettings().conversationDays == nil, "counting changes nothing")
            right.removeLast()
            try await visitor.post("/admin/settings", right)
            #expect(visitor.address == "/admin/settings?done=saved")
            #expect(try await site.store.instanceSettings().conversationDays == 365)
            #expect(try await site.store.registrationPolicy().mode == .approval)
            #expect(try await site.store.approvalPatience() == 90)
            #expect(try await visitor.get("/admin/settings").text.contains(#"value="1.5""#))
        }
    }

    @Test func whatTheFormCannotReadClosesNothing() async throws {
        try await TestServer.runSite { site in
            let visitor = try await visitor(site.administrator())
            try await visitor.get("/admin/settings")
            for fields in [[("registration", "ajar")], []] {
                let wrong = try await visitor.submit("/admin/settings", fields + [("log_days", "7")])
                #expect(wrong.status == 422 && wrong.text.contains(#"id="registration-error""#))
            }
            #expect(try await site.store.registrationPolicy().mode == .open)
            #expect(try await site.store.instanceSettings().logDays == nil)
        }
    }

    @Test func theSettingsShowMailAndModels() async throws {
        try await TestServer.runSite { site in
            let visitor = try await visitor(site.administrator())
            let bare = try await visitor.get("/admin/settings").text
            #expect(bare.contains("<code>ALMA_SMTP_SERVER</code>") && bare.contains("<code>ALMA_MAIL_FROM</code>"))
            #expect(bare.contains("No model is in use yet.") && bare.contains(#"href="/providers#order""#))
            try await visitor.addModel()
            let page = try await visitor.get("/admin/settings").text
            #expect(page.contains("<dt>Default</dt><dd>large</dd>"))
            #expect(page.contains("<dt>Titles and summaries</dt><dd>The model that answered</dd>"))
        }
    }

    /// Where no mail is sent, nothing is said about confirming addresses, so nothing changes about it.
    @Test func confirmingAddressesOutlastsAServerWithoutMail() async throws {
        try await TestServer.runSite { site in
            let root = try await site.administrator()
            try await site.database.administrator.query(
                "insert into settings (name, value) values ('email_verification', 'true')"
            )
            let visitor = try await visitor(root)
            let page = try await visitor.get("/admin/users").text
            #expect(page.contains("It stays chosen, and holds again once mail is set up."))
            try await visitor.post("/admin/registration", [("mode", "approval")])
            #expect(try await site.store.registrationPolicy() == .init(mode: .approval, verifiesEmail: true))
            let changed = try await root.put("/v1/settings/registration", #"{"mode":"closed"}"#)
            #expect(changed.status == 200 && changed.flag("data.email_verification") == true)
            let wrong = try await root.put("/v1/settings/registration", #"{"email_verification":true}"#)
            #expect(wrong.status == 422)
            _ = try await root.put("/v1/settings/registration", #"{"email_verification":false}"#)
            #expect(try await site.store.registrationPolicy() == .init(mode: .closed, verifiesEmail: false))
        }
    }

    @Test func backupsAreMadeTakenAwayAndDeleted() async throws {
        let shelf = ScriptedBackups()
        try await TestServer.runSite(backups: shelf) { site in
            let root = try await site.administrator()
            #expect(try await root.get("/v1/admin/backups").count("data.files") == 0)
            #expect(try await root.post("/v1/admin/backups").status == 202)
            #expect(try await root.post("/v1/admin/backups").status == 409, "never two at once")
            let running = try await root.get("/v1/admin/backups")
            #expect(running.flag("data.is_running") == true && running.number("data.written_bytes") == 7)
            let visitor = try await visitor(root)
            #expect(try await visitor.get("/admin/backups").text.contains("A backup is under way"))
            await shelf.finish("alma-1-manual.dump", "all of it")
            let page = try await visitor.get("/admin/backups")
            #expect(page.text.contains("alma-1-manual.dump") && !page.text.contains("under way"))
            let file = try await root.get("/v1/admin/backups/alma-1-manual.dump/content")
            #expect(file.text == "all of it" && file.headers[.contentDisposition]?.hasPrefix("attachment") == true)
            #expect(try await visitor.look("/admin/backups/alma-1-manual.dump").text == "all of it")
            #expect(try await root.get("/v1/admin/backups/alma-2-manual.dump/content").status == 404)
            #expect(
                try await visitor.get("/admin/backups/alma-1-manual.dump/deletion").text.contains("Delete the backup")
            )
            try await visitor.post("/admin/backups/alma-1-manual.dump/deletion")
            let left = await shelf.files()
            #expect(visitor.address.hasPrefix("/admin/backups") && left.isEmpty)
            #expect(try await root.delete("/v1/admin/backups/alma-1-manual.dump").status == 404)
            try await visitor.post("/admin/backups")
            await shelf.fail("no room <here>")
            #expect(try await visitor.get("/admin/backups").text.contains("no room &lt;here&gt;"))
            #expect(try await root.get("/v1/admin/backups").string("data.last_failure") == "no room <here>")
            let acts = try await root.get("/v1/audit/events?action=backup")
            let found = (0..<(acts.count("data") ?? 0)).compactMap { acts.string("data.\($0).action") }
            #expect(
                found == ["backup.begun", "backup.deleted", "backup.downloaded", "backup.downloaded", "backup.begun"]
            )
        }
    }
}

@Suite struct ApprovalMinutesTests {
    @Test func secondsComeBackAsTheyWere() {
        for seconds in [1, 7, 59, 60, 61, 90, 100, 3600, 86_399, 31_535_999, 31_536_000] {
            #expect(ApprovalMinutes.seconds(ApprovalMinutes.text(seconds)) == seconds)
        }
        #expect(ApprovalMinutes.text(5400) == "90" && ApprovalMinutes.text(30) == "0.5")
        #expect(ApprovalMinutes.seconds("1,5") == 90)
        for wrong in ["", "soon", "-1", "0", "0.001", "525601", "nan", "inf", "1e99"] {
            #expect(ApprovalMinutes.seconds(wrong) == nil, "\(wrong)")
        }
    }
}
