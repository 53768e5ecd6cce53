import Engine
import Foundation
import Postgres
import Storage
import Testing

/// Links into accounts, and the mail that brings them.
@Suite struct AccountLinkTests {
    private let new = Secret("another horse battery")

    private func link(_ user: User, _ database: TestDatabase) async throws -> AccountLink {
        let root = try await database.store.person("root", isSuperuser: true)
        return try #require(
            try await database.store.handOutPasswordLink(user: user.id, by: root.principal, address: nil)
        )
    }

    @Test func aResetEndsEverythingAndWorksOnce() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person("ada")
            let session = try await store.startSession(
                user: ada.id,
                userAgent: nil,
                address: nil,
                lifetime: .seconds(60)
            )
            let grant = try await store.issueRefreshToken(user: ada.id)
            for _ in 0..<5 {
                _ = try await store.authenticate(email: ada.email, password: Secret("wrong"), address: "a")
            }
            let link = try await link(ada, database)
            #expect(try await store.user(passwordLink: link.token)?.id == ada.id)
            await #expect(throws: StorageError.self) {
                try await store.resetPassword(link: link.token, new: Secret("password"), address: nil)
            }
            let winners = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<3 {
                    group.addTask { try await store.resetPassword(link: link.token, new: new, address: "b") != nil }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(winners.filter { $0 }.count == 1, "a link is good once")
            #expect(try await store.session(token: session.token) == nil)
            #expect(try await store.identity(user: ada.id, family: grant.family) == nil)
            guard case .user = try await store.authenticate(email: ada.email, password: new, address: "a") else {
                return #expect(Bool(false), "still locked")
            }
            let kept = try await database.administrator.query("select token_hash from account_links")
            #expect(kept.isEmpty)
            let acts = try await database.administrator.query("select action from audit_events order by audit_id")
            #expect(try acts.map { try $0.get(0, as: String.self) } == ["user.password_link_made", "password.reset"])
        }
    }

    @Test func anOldLinkAndThatOfADisabledAccountOpenNothing() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person("ada")
            let link = try await link(ada, database)
            try await database.administrator.query("update users set status = 'disabled' where user_id = \(ada.id)")
            #expect(try await store.resetPassword(link: link.token, new: new, address: nil) == nil)
            try await database.administrator.batch([
                "update users set status = 'active' where user_id = \(ada.id)",
                "update account_links set expires_at = now() - interval '1 second'",
            ])
            #expect(try await store.resetPassword(link: link.token, new: new, address: nil) == nil)
            #expect(try await store.confirm(link.token) == .used)
            try await store.housekeep()
            #expect(try await database.administrator.query("select from account_links").isEmpty)
        }
    }

    @Test func aNewAddressShutsTheOldOnesDoor() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let root = try await store.person("boss", isSuperuser: true)
            let ada = try await store.person("ada")
            let link = try await link(ada, database)
            _ = try await store.queueMail(.passwordReset, to: ada.email, language: "en", from: nil)
            let change = UserChange(email: "ada@new.example.org")
            #expect(try await store.changeUser(ada.id, change, by: root.principal, address: nil) != nil)
            #expect(try await store.resetPassword(link: link.token, new: new, address: nil) == nil)
            #expect(try await store.claimMail() == nil)
        }
    }

    /// Whoever registered while everybody might has no way in any more, once nobody may.
    @Test func whoConfirmsTooLateWaits() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let root = try await store.person("root", isSuperuser: true)
            let email = "late@example.org"
            _ = try await store.register(
                email: email,
                password: TestPeople.password,
                nickname: "Prize: http://evil.example",
                language: "en",
                status: .unverified
            )
            let closed = RegistrationPolicy(mode: .closed, verifiesEmail: true)
            #expect(try await store.setRegistrationPolicy(closed, by: root.principal, address: nil))
            _ = try await store.queueMail(.verification, to: email, language: "en", from: nil)
            let mail = try #require(try await store.claimMail())
            let letter = try #require(try await store.letter(for: mail))
            #expect(letter.reader.name == nil, "nobody is greeted with a stranger's words")
            let token = try #require(letter.link?.token)
            guard case .confirmed(let late, isNew: false) = try await store.confirm(token) else {
                return #expect(Bool(false), "not confirmed")
            }
            #expect(late.status == .pending)
        }
    }

    @Test func mailIsFoundItsReaderWhenItIsSent() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person("ada")
            for email in ["ADA@example.org", "nobody@example.org"] {
                let wish = try await store.queueMail(.passwordReset, to: email, language: "zh-CN", from: "192.0.2.1")
                #expect(wish == .taken)
            }
            let first = try #require(try await store.claimMail())
            let letter = try #require(try await store.letter(for: first))
            #expect(letter.reader.email == ada.email && first.attempt == 1)
            let second = try #require(try await store.claimMail())
            #expect(try await store.letter(for: second) == nil, "nobody is there")
            #expect(try await store.claimMail() == nil, "both are in hand")
            try await store.failMail(first, "451", isFinal: false)
            #expect(try await store.claimMail() == nil, "it rests")
            try await database.administrator.query("update mails set next_try_at = now() where last_error = '451'")
            let again = try #require(try await store.claimMail())
            #expect(again.id == first.id && again.attempt == 2)
            try await store.finishMail(again, wasSent: true)
            try await store.finishMail(second, wasSent: false)
            let token = try #require(letter.link?.token)
            #expect(try await store.resetPassword(link: token, new: new, address: nil)?.id == ada.id)
            let kept = try await database.administrator.query("select mails::text from mails")
            let texts = try kept.map { try $0.get(0, as: String.self) }
            #expect(texts.count == 2 && !texts.contains { $0.contains(token.reveal()) })
        }
    }

    @Test func nobodyIsFloodedAndNobodyFloods() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            func ask(_ email: String, _ address: String) async throws -> MailWish {
                try await store.queueMail(.passwordReset, to: email, language: "en", from: address)
            }
            for number in 0..<5 { #expect(try await ask("one@example.org", "a\(number)") == .taken) }
            func count() async throws -> Int {
                try await database.administrator.query("select count(*)::int from mails")[0].get(0)
            }
            let few = try await count()
            #expect(few == 3, "the others are left out in silence")
            for number in 0..<20 { #expect(try await ask("\(number)@example.org", "b") == .taken) }
            #expect(try await ask("more@example.org", "b") == .tooMany)
            #expect(try await count() == 23)
        }
    }

    @Test func anAddressIsConfirmedOnce() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let root = try await store.person("root", isSuperuser: true)
            for (mode, status) in [(RegistrationMode.open, UserStatus.active), (.approval, .pending)] {
                let policy = RegistrationPolicy(mode: mode, verifiesEmail: true)
                #expect(try await store.setRegistrationPolicy(policy, by: root.principal, address: nil))
                #expect(policy.firstStatus(sendsMail: true) == .unverified)
                #expect(policy.firstStatus(sendsMail: false) == status)
                let email = "\(mode.rawValue)@example.org"
                let user = try await store.register(
                    email: email,
                    password: TestPeople.password,
                    nickname: nil,
                    language: "en",
                    status: .unverified
                )
                #expect(try await store.authenticate(email: email, password: TestPeople.password) == .unverified)
                _ = try await store.queueMail(.verification, to: email, language: "en", from: nil)
                let mail = try #require(try await store.claimMail())
                let token = try #require(try await store.letter(for: mail)?.link?.token)
                try await store.finishMail(mail, wasSent: true)
                #expect(try await store.user(passwordLink: token) == nil, "it is for nothing else")
                guard case .confirmed(let confirmed, isNew: false) = try await store.confirm(token) else {
                    return #expect(Bool(false), "not confirmed")
                }
                #expect(confirmed.id == user.id && confirmed.status == status && confirmed.emailVerifiedAt != nil)
                #expect(try await store.confirm(token) == .used)
            }
            let ada = try await store.person("ada")
            let open = RegistrationPolicy(mode: .open, verifiesEmail: false)
            #expect(try await store.setRegistrationPolicy(open, by: ada.principal, address: nil) == false)
            #expect(try await store.registrationPolicy().mode == .approval)
        }
    }
}
