import Engine
import Foundation
import HTTPTypes
import Postgres
import Storage
import Testing
import Web

/// `/v1/users` for administrators: what comes, and each way in which it is refused.
@Suite struct UserTests {
    private func administrator(_ site: TestSite, _ role: AccountRole = .administrator) async throws -> Caller {
        let name = role.rawValue
        let program = try await Caller(client: site.client).newcomer(name)
        let isAdministrator = role == .administrator
        let email = "\(name)@example.com"
        try await site.database.administrator.query(
            """
            update users set is_superuser = \(isAdministrator)::boolean, role = \(isAdministrator ? "member" : name)
            where email = \(email)
            """
        )
        return program
    }

    @Test func listsWhatTheContractSays() async throws {
        try await TestServer.runSite { site in
            let root = try await administrator(site)
            let ada = try await root.newcomer("ada")
            _ = try await ada.newConversation()
            let page = try await root.get("/v1/users?page=1&per_page=1&search=ada")
            #expect(page.count("data") == 1 && page.number("pagination.total") == 1)
            #expect(page.flag("pagination.has_next") == false)
            let wanted: Set<String> = [
                "user_id", "nickname", "email", "created_at", "is_active", "total_conversations", "total_messages",
            ]
            #expect(page.keys("data.0").isSuperset(of: wanted))
            #expect(page.number("data.0.total_conversations") == 1)
            #expect(!page.text.contains("password"))
            #expect(try await root.get("/v1/users?sort=-email&role=administrator").count("data") == 1)
            #expect(try await root.get("/v1/users?is_active=false").count("data") == 0)
            for (query, field) in [
                ("sort=size", "sort"), ("role=king", "role"), ("status=away", "status"), ("page=0", "page"),
                ("per_page=101", "per_page"), ("organization_id=x", "organization_id"), ("is_active=no", "is_active"),
            ] {
                let refused = try await root.get("/v1/users?\(query)")
                #expect(refused.status == 422 && refused.string("error.details.0.field") == field, "\(query)")
            }
        }
    }

    /// What the field `is_active` tells is what the parameter asks for.
    @Test func activeOnesAndAllOthers() async throws {
        try await TestServer.runSite { site in
            let root = try await administrator(site)
            for name in ["ada", "disabled", "pending", "unverified"] {
                _ = try await root.newcomer(name)
                guard name != "ada" else { continue }
                try await site.database.administrator.query(
                    "update users set status = \(name) where nickname = \(name)"
                )
            }
            let expectations: [(String, Set<String>)] = [
                ("is_active=true", ["administrator", "ada"]),
                ("is_active=false", ["disabled", "pending", "unverified"]),
                ("status=pending", ["pending"]), ("status=pending&is_active=false", ["pending"]),
                ("status=pending&is_active=true", []), ("status=active&is_active=false", []),
                ("is_active=false&search=dis", ["disabled"]),
            ]
            for (query, names) in expectations {
                let page = try await root.get("/v1/users?\(query)")
                let found = (0..<(page.count("data") ?? 0)).map { "data.\($0)" }
                #expect(Set(found.compactMap { page.string("\($0).nickname") }) == names, "\(query)")
                #expect(page.number("pagination.total") == names.count, "\(query)")
                guard query.hasPrefix("is_active=") else { continue }
                let isActive = query.hasPrefix("is_active=true")
                #expect(found.allSatisfy { page.flag("\($0).is_active") == isActive }, "\(query)")
            }
        }
    }

    @Test func makesChangesAndDeletesAccounts() async throws {
        try await TestServer.runSite { site in
            let root = try await administrator(site)
            let made = try await root.post(
                "/v1/users",
                #"{"email":"New@Example.com","password":"correct horse 9","role":"auditor"}"#
            )
            #expect(made.status == 201 && made.string("data.role") == "auditor")
            let path = "/v1/users/\(made.string("data.user_id") ?? "")"
            let taken = try await root.post("/v1/users", #"{"email":"new@example.com"}"#)
            #expect(taken.status == 409 && taken.string("error.details.0.field") == "email")
            for body in [#"{"email":"x"}"#, #"{"email":"a@b.c","role":"king"}"#, #"{"email":"a@b.c","password":"x"}"#] {
                #expect(try await root.post("/v1/users", body).status == 422, "\(body)")
            }
            var person = root
            person.token = try await root.signIn("new@example.com", "correct+horse+9").string("data.access_token")
            #expect(try await person.get("/v1/users").count("data") == 2, "an auditor looks")
            #expect(try await person.put(path, #"{"nickname":"x"}"#).status == 403)
            #expect(try await person.get("/v1/users/me").string("data.permissions.0") == "user:read")
            #expect(try await root.put(path, #"{"status":"pending"}"#).status == 422)
            #expect(try await root.put(path, #"{"role":"king"}"#).status == 422)
            #expect(try await root.put(path, #"{"nickname":""}"#).status == 422)
            #expect(try await root.put(path, #"{"email":"administrator@example.com"}"#).status == 409)
            let off = try await root.put(path, #"{"status":"disabled","role":"member"}"#)
            #expect(off.string("data.status") == "disabled" && off.flag("data.is_active") == false)
            #expect(try await person.get("/v1/users/me").status == 401)
            #expect(try await root.delete(path).status == 204)
            #expect(try await root.get(path).string("data.status") == "deleted")
            #expect(try await root.get("/v1/users").count("data") == 1)
            #expect(try await root.put(path, #"{"status":"active"}"#).flag("data.is_active") == true)
            let nobody = "/v1/users/\(UUID().uuidString)"
            #expect(try await root.get(nobody).status == 404)
            #expect(try await root.put(nobody, "{}").status == 404)
            #expect(try await root.delete(nobody).status == 404)
        }
    }

    @Test func onesOwnAccountIsForOthersToSwitchOff() async throws {
        try await TestServer.runSite { site in
            let root = try await administrator(site)
            let path = "/v1/users/\(try await root.get("/v1/users/me").string("data.user_id") ?? "")"
            #expect(try await root.put(path, #"{"status":"disabled"}"#).status == 409)
            #expect(try await root.put(path, #"{"role":"member"}"#).status == 409)
            #expect(try await root.delete(path).status == 409)
            let manager = try await administrator(site, .manager)
            #expect(try await manager.put(path, #"{"nickname":"x"}"#).status == 403)
            #expect(try await manager.post("/v1/users", #"{"email":"a@b.c","role":"auditor"}"#).status == 403)
            #expect(try await manager.post("/v1/users", #"{"email":"a@b.c"}"#).status == 201)
        }
    }

    @Test func anAccountIsMadeInItsOrganisationOrNotAtAll() async throws {
        try await TestServer.runSite { site in
            let root = try await administrator(site)
            let made = try await root.post("/v1/organizations", #"{"name":"Works"}"#)
            let works = try #require(made.string("data.organization_id"))
            let own = try await site.database.administrator.query(
                "select home_org_id as id from users where email = 'administrator@example.com'"
            )
            let personal: UUID = try #require(try own.first?.get("id"))
            let manager = try await administrator(site, .manager)
            func invite(_ email: String, to organisation: String, by caller: Caller) async throws -> Answer {
                let body = #"{"email":"\#(email)","organization_id":"\#(organisation)"}"#
                return try await caller.post("/v1/users", body)
            }
            #expect(try await invite("a@b.c", to: works, by: manager).status == 403)
            for wrong in [personal.uuidString, UUID().uuidString] {
                let refused = try await invite("a@b.c", to: wrong, by: root)
                #expect(refused.status == 422 && refused.text.contains("organization_id"))
            }
            #expect(try await root.get("/v1/users?search=a@b.c").count("data") == 0)
            #expect(try await invite("a@b.c", to: works, by: root).status == 201)
            #expect(try await root.get("/v1/users?organization_id=\(works)&search=a@b.c").count("data") == 1)
        }
    }

    @Test func whoIsSwitchedOffHasNoRunsLeft() async throws {
        try await TestServer.runSite { site in
            let root = try await administrator(site)
            let ada = try await root.newcomer("ada")
            try await ada.addModel()
            let talk = try await ada.newConversation()
            let started = try await ada.post(
                "/v1/conversations/\(talk)/messages",
                #"{"content":"ask"}"#,
                headers: [.prefer: "respond-async"]
            )
            let run = try #require(started.string("data.run_id").flatMap { UUID(uuidString: $0) })
            func state() async throws -> String {
                try await site.database.administrator.query("select state from runs where run_id = \(run)")[0].get(0)
            }
            try await eventually("the run waits") { try await state() == "waiting" }
            let id = try await ada.get("/v1/users/me").string("data.user_id") ?? ""
            #expect(try await root.put("/v1/users/\(id)", #"{"status":"disabled"}"#).status == 200)
            try await eventually("the run is cancelled") { try await state() == "cancelled" }
        }
    }

    @Test func rolesAreSetsOfPermissions() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let roles = try await ada.get("/v1/roles")
            #expect(roles.string("data.0.role") == "administrator")
            #expect(roles.count("data.0.permissions") == Permission.allCases.count)
            #expect(roles.count("data.3.permissions") == 0)
        }
    }
}
