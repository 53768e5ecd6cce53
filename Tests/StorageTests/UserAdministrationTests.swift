import Engine
import Foundation
import Postgres
import Storage
import Testing

/// Who may see and change whose account, and that nobody is left without an administrator.
@Suite struct UserAdministrationTests {
    /// Of somebody with a role that is not an administrator's.
    private func person(_ name: String, _ role: AccountRole, _ store: Store, by root: User) async throws -> User {
        try await store.createUser(
            email: "\(name)@example.org",
            nickname: name,
            language: "en",
            role: role,
            password: TestPeople.password,
            by: root.principal,
            address: nil
        )
    }

    private func change(_ id: UUID, _ change: UserChange, _ store: Store, by user: User) async throws -> User? {
        try await store.changeUser(id, change, by: user.principal, address: "192.0.2.1")
    }

    private func code(_ body: () async throws -> Void) async -> StorageError.Code? {
        do {
            try await body()
            return nil
        } catch { return (error as? StorageError)?.code }
    }

    @Test func listsForThoseWhoMay() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let root = try await store.person("root", isSuperuser: true)
            let auditor = try await person("auditor", .auditor, store, by: root)
            let ada = try await store.person("ada")
            for _ in 0..<2 { _ = try await store.queuedRun(by: ada.principal) }
            let all = try await store.users(UserFilter(), page: Page(), by: auditor.principal)
            #expect(all.total == 3 && all.items.map(\.nickname) == ["ada", "auditor", "root"])
            #expect(all.items[0].totalConversations == 2)
            #expect(try await store.users(UserFilter(), page: Page(), by: ada.principal).items.map(\.id) == [ada.id])
            func found(_ filter: UserFilter) async throws -> [String] {
                try await store.users(filter, page: Page(), by: root.principal).items.map(\.nickname)
            }
            #expect(try await found(UserFilter(search: "AUDIT")) == ["auditor"])
            #expect(try await found(UserFilter(search: "%")) == [])
            #expect(try await found(UserFilter(role: .administrator)) == ["root"])
            #expect(try await found(UserFilter(role: .member)) == ["ada"])
            #expect(try await found(UserFilter(status: .disabled)) == [])
            #expect(try await found(UserFilter(organisation: ada.organisationID)) == ["ada"])
            #expect(try await found(UserFilter(order: .nickname, isDescending: false)) == ["ada", "auditor", "root"])
            #expect(try await found(UserFilter(order: .totalMessages)).count == 3)
            let second = try await store.users(UserFilter(), page: Page(number: 2, size: 2), by: root.principal)
            #expect(second.items.map(\.nickname) == ["root"] && second.total == 3)
            let mine = UserFilter(organisation: ada.organisationID)
            #expect(try await store.users(mine, page: Page(), by: ada.principal).items.isEmpty)
        }
    }

    @Test func whoMayUseTheirAccountAndWhoMayNot() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let root = try await store.person("root", isSuperuser: true)
            for status in UserStatus.allCases where status != .active {
                let name = status.rawValue
                _ = try await store.person(name)
                try await database.administrator.query(
                    """
                    update users set status = \(name), deleted_at = case \(name)::text when 'deleted' then now() end
                    where nickname = \(name)
                    """
                )
            }
            func found(_ status: UserStatus?, _ isActive: Bool?) async throws -> Set<String> {
                let filter = UserFilter(status: status, isActive: isActive)
                let users = try await store.users(filter, page: Page(), by: root.principal)
                #expect(users.total == users.items.count)
                #expect(isActive == nil || users.items.allSatisfy { $0.isActive == isActive })
                return Set(users.items.map(\.nickname))
            }
            #expect(try await found(nil, nil) == ["root", "disabled", "pending", "unverified"])
            #expect(try await found(nil, true) == ["root"])
            #expect(try await found(nil, false) == ["disabled", "pending", "unverified"])
            #expect(try await found(.pending, false) == ["pending"])
            #expect(try await found(.deleted, false) == ["deleted"])
            #expect(try await found(.active, true) == ["root"])
            #expect(try await found(.disabled, true) == [])
            #expect(try await found(.active, false) == [])
        }
    }

    @Test func whoIsSwitchedOffIsSignedOutEverywhere() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let root = try await store.person("root", isSuperuser: true)
            let ada = try await store.person("ada")
            let session = try await store.startSession(
                user: ada.id,
                userAgent: nil,
                address: nil,
                lifetime: .seconds(60)
            )
            let grant = try await store.issueRefreshToken(user: ada.id)
            let key = try await store.createAPIKey(name: "x", scopes: [.api], days: nil, by: ada.principal)
            #expect(try await change(ada.id, UserChange(status: .disabled), store, by: root)?.status == .disabled)
            #expect(try await change(ada.id, UserChange(status: .active), store, by: root)?.isActive == true)
            #expect(try await store.session(token: session.token) == nil, "it stays ended")
            #expect(try await store.identity(user: ada.id, family: grant.family) == nil)
            #expect(try await store.identity(apiKey: key.secret) != nil, "keys are there again")
            let entries = try await database.administrator.query(
                "select action, target, detail::text, address, user_id from audit_events where target = \(ada.id.text) order by 1"
            )
            #expect(try entries.map { try $0.get(0, as: String.self) } == ["user.disabled", "user.enabled"])
            #expect(try entries[0].get(3, as: String.self) == "192.0.2.1")
            #expect(try entries[0].get(4, as: UUID.self) == root.id)
            let detail = try JSONValue(parsing: try entries[0].get(2, as: String.self))
            #expect(
                detail["before"]?["status"] == .string("active") && detail["after"]?["status"] == .string("disabled")
            )
        }
    }

    @Test func aDeletedAccountIsGoneAndCanComeBack() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let root = try await store.person("root", isSuperuser: true)
            let ada = try await store.person("ada")
            let key = try await store.createAPIKey(name: "x", scopes: [.api], days: nil, by: ada.principal)
            #expect(try await change(ada.id, UserChange(status: .deleted), store, by: root)?.status == .deleted)
            #expect(try await store.identity(apiKey: key.secret) == nil)
            #expect(try await store.authenticate(email: ada.email, password: TestPeople.password) == .refused)
            #expect(try await store.users(UserFilter(), page: Page(), by: root.principal).total == 1)
            #expect(try await store.users(UserFilter(status: .deleted), page: Page(), by: root.principal).total == 1)
            let other = try await store.person("ada")
            let refused = await code { _ = try await change(ada.id, UserChange(status: .active), store, by: root) }
            #expect(refused == .conflict("email"), "somebody else has the address now")
            _ = try await change(other.id, UserChange(email: "other@example.org"), store, by: root)
            #expect(try await change(ada.id, UserChange(status: .active), store, by: root)?.isActive == true)
            guard
                case .user(let back, _) = try await store.authenticate(email: ada.email, password: TestPeople.password)
            else { return #expect(Bool(false), "not signed in") }
            #expect(back.id == ada.id)
        }
    }

    @Test func anAdministratorStays() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let root = try await store.person("root", isSuperuser: true)
            let other = try await store.person("other", isSuperuser: true)
            #expect(
                await code { _ = try await change(root.id, UserChange(role: .member), store, by: root) }
                    == .conflict("role")
            )
            let own = await #expect(throws: StorageError.self) {
                _ = try await change(root.id, UserChange(status: .disabled), store, by: root)
            }
            #expect(own?.code == .conflict("status"), "\(own?.message ?? "")")
            #expect(try await store.user(root.id, by: .system)?.isActive == true)
            // Both at once: one of them stays.
            let codes = await withTaskGroup(of: StorageError.Code?.self) { group in
                for (one, two) in [(root, other), (other, root)] {
                    group.addTask {
                        await code { _ = try await change(two.id, UserChange(role: .member), store, by: one) }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes.compactMap { $0 } == [.conflict("role")])
        }
    }

    @Test func nobodyRulesOverThoseWhoMayMore() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let root = try await store.person("root", isSuperuser: true)
            let manager = try await person("manager", .manager, store, by: root)
            let auditor = try await person("auditor", .auditor, store, by: root)
            let ada = try await store.person("ada")
            #expect(try await change(ada.id, UserChange(nickname: "Ada L."), store, by: manager)?.nickname == "Ada L.")
            for target in [root, auditor] {
                let refused = await code {
                    _ = try await change(target.id, UserChange(status: .disabled), store, by: manager)
                }
                #expect(refused == .forbidden)
            }
            #expect(
                await code { _ = try await change(ada.id, UserChange(role: .manager), store, by: manager) }
                    == .forbidden
            )
            #expect(
                await code { _ = try await change(ada.id, UserChange(status: .deleted), store, by: manager) }
                    == .forbidden
            )
            #expect(
                await code { _ = try await change(ada.id, UserChange(nickname: "x"), store, by: auditor) } == .forbidden
            )
            #expect(try await change(root.id, UserChange(nickname: "x"), store, by: ada) == nil)
            #expect(await code { _ = try await person("more", .manager, store, by: manager) } == .forbidden)
            #expect(await code { _ = try await person("more", .member, store, by: ada) } == .forbidden)
            // By any SQL of theirs, they see accounts and cannot change them.
            let settings = [
                SessionSetting(name: "alma.user", value: auditor.id.text),
                SessionSetting(name: "alma.permissions", value: "user:read,audit:read"),
            ]
            #expect(try await database.application.query("select from users", with: settings).count == 4)
            let changed = try await database.application.query(
                "update users set is_superuser = true where user_id <> \(auditor.id)",
                with: settings
            )
            #expect(changed.affected == 0)
        }
    }

    @Test func anAccountWithoutAPasswordLetsNobodyIn() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let root = try await store.person("root", isSuperuser: true)
            let made = try await store.createUser(
                email: "new@example.org",
                nickname: nil,
                language: "en",
                role: .member,
                password: nil,
                by: root.principal,
                address: nil
            )
            #expect(made.nickname == "new" && made.isActive)
            for password in ["!", "", "anything at all"] {
                #expect(try await store.authenticate(email: made.email, password: Secret(password)) == .refused)
            }
        }
    }

    /// By another address or a link for the password a manager would be an organisation's owner.
    @Test func whoOwnsAnOrganisationIsRuledByThoseWhoMayAsMuch() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let root = try await store.person("root", isSuperuser: true)
            let manager = try await person("manager", .manager, store, by: root)
            let ada = try await store.person("ada")
            let team = try await store.createOrganisation(name: "Team", by: ada.principal, address: nil)
            let taken = UserChange(email: "manager+ada@example.org")
            func isRuled() async throws -> Bool {
                let refused = await code {
                    _ = try await store.handOutPasswordLink(user: ada.id, by: manager.principal, address: nil)
                }
                let other = await code { _ = try await change(ada.id, taken, store, by: manager) }
                #expect(refused == other)
                #expect(try await store.mayRule(ada, by: manager.principal) == (refused == nil))
                return refused == nil
            }
            func enter(as role: OrganisationRole) async throws {
                _ = try await store.addMember(manager.id, as: role, to: team.id, by: root.principal, address: nil)
                _ = try await store.changeMember(manager.id, to: role, in: team.id, by: ada.principal, address: nil)
            }
            #expect(try await !isRuled())
            try await enter(as: .admin)
            #expect(try await !isRuled(), "an admin is less than an owner")
            #expect(try await store.user(ada.id, by: .system)?.email == ada.email)
            _ = try await store.deleteOrganisation(team.id, by: ada.principal, address: nil)
            #expect(try await !isRuled(), "it can be opened again")
            _ = try await store.restoreOrganisation(team.id, by: root.principal, address: nil)
            try await enter(as: .owner)
            #expect(try await isRuled())
            let bob = try await store.person("bob")
            _ = try await store.addMember(bob.id, as: .member, to: team.id, by: root.principal, address: nil)
            #expect(try await change(bob.id, UserChange(nickname: "B"), store, by: manager)?.nickname == "B")
        }
    }

    @Test func anAddressIsToldThatItIsOneNoLonger() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let root = try await store.person("root", isSuperuser: true)
            let ada = try await store.person("ada")
            func move(_ email: String, tells: Bool = true) async throws -> QueuedMail? {
                let change = UserChange(nickname: "Ada", email: email)
                _ = try await store.changeUser(
                    ada.id,
                    change,
                    tellsByMail: tells,
                    by: root.principal,
                    address: nil
                )
                return try await store.claimMail()
            }
            #expect(try await move(ada.email) == nil, "it is the same")
            let mail = try #require(try await move("new@example.org"))
            #expect(mail.kind == .addressChanged && mail.recipient == ada.email)
            let letter = try #require(try await store.letter(for: mail))
            #expect(letter.reader.email == ada.email && letter.reader.name == nil && letter.link == nil)
            #expect(try await move("newer@example.org", tells: false) == nil, "no mail is sent here")
        }
    }
}
