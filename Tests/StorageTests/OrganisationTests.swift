import Engine
import Foundation
import Postgres
import Storage
import Testing

/// Organisations: who is in them, who may do what there, and that none is left without an owner.
@Suite struct OrganisationTests {
    private func code(_ body: () async throws -> Bool) async -> StorageError.Code? {
        do {
            _ = try await body()
            return nil
        } catch { return (error as? StorageError)?.code }
    }

    @Test func whoMakesOneOwnsIt() async throws {
        try await TestDatabase.with { database in
            let harbour = try await Harbour(database.store)
            let store = harbour.store
            let found = try await store.organisations(by: harbour.owner.principal)
            #expect(found.map(\.isPersonal) == [true, false])
            #expect(found[1].name == "Harbour team" && found[1].role == .owner && found[1].memberCount == 2)
            let members = try #require(try await store.members(of: harbour.id, by: harbour.member.principal))
            #expect(members.map(\.nickname) == ["owner", "member"] && members.map(\.role) == [.owner, .member])
            let stranger = try await store.person("stranger")
            #expect(try await store.organisation(harbour.id, by: stranger.principal) == nil)
            #expect(try await store.members(of: harbour.id, by: stranger.principal) == nil)
            #expect(try await harbour.remove(harbour.member, by: stranger) == false)
            #expect(try await harbour.change(harbour.member, to: .admin, by: stranger) == false)
            let root = try await store.person("root", isSuperuser: true)
            let all = try await store.allOrganisations(search: "HARB", page: Page(), by: root.principal)
            #expect(all?.items.map(\.id) == [harbour.id] && all?.items[0].role == nil)
            #expect(try await store.allOrganisations(search: nil, page: Page(), by: stranger.principal) == nil)
        }
    }

    @Test func rolesSayWhoMayDoWhat() async throws {
        try await TestDatabase.with { database in
            let harbour = try await Harbour(database.store)
            let admin = try await database.store.person("admin")
            #expect(try await harbour.join(admin, as: .admin) == .joined(harbour.id))
            let (owner, member) = (harbour.owner, harbour.member)
            #expect(await code { try await harbour.change(admin, to: .member, by: member) } == .forbidden)
            #expect(await code { try await harbour.remove(admin, by: member) } == .forbidden)
            #expect(await code { try await harbour.change(member, to: .owner, by: admin) } == .forbidden)
            #expect(await code { try await harbour.change(owner, to: .member, by: admin) } == .forbidden)
            #expect(await code { try await harbour.remove(owner, by: admin) } == .forbidden)
            #expect(try await harbour.change(member, to: .admin, by: admin))
            #expect(try await harbour.role(member) == .admin)
            let store = database.store
            await #expect(throws: StorageError.self) {
                _ = try await harbour.change(member, to: .member, by: admin)
                _ = try await store.renameOrganisation(harbour.id, to: "x", by: member.principal, address: nil)
            }
            let renamed = try await store.renameOrganisation(harbour.id, to: "Port", by: admin.principal, address: nil)
            #expect(renamed?.name == "Port")
            let acts = try await database.administrator.query(
                "select action, detail::text from audit_events where action = 'organization.renamed'"
            )
            #expect(try acts.map { try $0.get(1, as: String.self) }.first?.contains("Harbour team") == true)
        }
    }

    @Test func theLastOwnerStays() async throws {
        try await TestDatabase.with { database in
            let harbour = try await Harbour(database.store)
            let (owner, member) = (harbour.owner, harbour.member)
            #expect(await code { try await harbour.remove(owner, by: owner) } == .conflict("role"))
            #expect(await code { try await harbour.change(owner, to: .member, by: owner) } == .conflict("role"))
            #expect(try await harbour.change(member, to: .owner, by: owner))
            // Both leave at once: one of them stays.
            let codes = await withTaskGroup(of: StorageError.Code?.self) { group in
                for user in [owner, member] {
                    group.addTask { await code { try await harbour.remove(user, by: user) } }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes.compactMap { $0 } == [.conflict("role")])
        }
    }

    @Test func whoLeavesStaysSignedInAndLosesTheKeys() async throws {
        try await TestDatabase.with { database in
            let harbour = try await Harbour(database.store)
            let (store, member) = (harbour.store, harbour.member)
            let session = try await store.startSession(
                user: member.id,
                userAgent: nil,
                address: nil,
                lifetime: .seconds(60)
            )
            #expect(try await store.moveSession(session.session.id, to: harbour.id, by: member.principal))
            let there = try #require(try await store.session(token: session.token)).principal
            #expect(there.organisationID == harbour.id)
            let key = try await store.createAPIKey(name: "x", scopes: [.api], days: nil, by: there)
            #expect(try await store.identity(apiKey: key.secret)?.principal.organisationID == harbour.id)
            #expect(try await harbour.remove(member, by: harbour.owner))
            #expect(try await store.session(token: session.token)?.principal.organisationID == member.organisationID)
            #expect(try await store.identity(apiKey: key.secret) == nil)
            #expect(try await store.moveSession(session.session.id, to: harbour.id, by: member.principal) == false)
            #expect(try await harbour.remove(member, by: harbour.owner) == false)
        }
    }

    @Test func aLinkIsGoodForAsManyAsItSays() async throws {
        try await TestDatabase.with { database in
            let harbour = try await Harbour(database.store)
            let store = harbour.store
            let made = try #require(
                try await store.invite(
                    to: harbour.id,
                    as: .member,
                    email: nil,
                    uses: 2,
                    days: 7,
                    by: harbour.owner.principal,
                    address: nil
                )
            )
            #expect(try await store.offer(behind: made.token)?.name == "Harbour team")
            #expect(
                try await store.join(with: made.token, by: harbour.member.principal, address: nil)
                    == .joined(harbour.id),
                "who is in uses nothing up"
            )
            var people: [User] = []
            for number in 0..<4 { people.append(try await store.person("p\(number)")) }
            let joined = try await withThrowingTaskGroup(of: JoinResult.self) { [people] group in
                for one in people {
                    group.addTask { try await store.join(with: made.token, by: one.principal, address: nil) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(joined.filter { $0 == .joined(harbour.id) }.count == 2)
            #expect(joined.filter { $0 == .gone }.count == 2)
            #expect(try await store.invitations(to: harbour.id, by: harbour.owner.principal) == [])
        }
    }

    /// Somebody who was put out, or made a mere member, has kept a link of their own.
    @Test func aLinkIsNoWayBack() async throws {
        try await TestDatabase.with { database in
            let harbour = try await Harbour(database.store)
            let store = harbour.store
            let admin = try await store.person("admin")
            #expect(try await harbour.join(admin, as: .admin) == .joined(harbour.id))
            let made = try await store.invite(
                to: harbour.id,
                as: .admin,
                email: nil,
                uses: 100,
                days: 90,
                by: admin.principal,
                address: nil
            )
            let token = try #require(made).token
            let friend = try await store.person("friend")
            #expect(try await harbour.change(admin, to: .member, by: harbour.owner))
            #expect(try await store.join(with: token, by: friend.principal, address: nil) == .gone)
            #expect(try await harbour.change(admin, to: .admin, by: harbour.owner))
            #expect(try await store.offer(behind: token) != nil)
            #expect(try await harbour.remove(admin, by: harbour.owner))
            #expect(try await store.offer(behind: token) == nil)
            #expect(try await store.join(with: token, by: admin.principal, address: nil) == .gone)
            #expect(try await harbour.role(admin) == nil)
        }
    }

    @Test func aLinkForSomebodyIsForThemAlone() async throws {
        try await TestDatabase.with { database in
            let harbour = try await Harbour(database.store)
            let (store, owner) = (harbour.store, harbour.owner.principal)
            let bob = try await store.person("bob")
            let stranger = try await store.person("stranger")
            func link() async throws -> (token: Secret, invitation: OrganisationInvitation) {
                try #require(
                    try await store.invite(
                        to: harbour.id,
                        as: .admin,
                        email: "BOB@example.org",
                        uses: 1,
                        days: 7,
                        by: owner,
                        address: nil
                    )
                )
            }
            let first = try await link()
            #expect(try await store.join(with: first.token, by: stranger.principal, address: nil) == .notYours)
            #expect(try await store.withdrawInvitation(first.invitation.id, to: harbour.id, by: owner, address: nil))
            #expect(try await store.join(with: first.token, by: bob.principal, address: nil) == .gone)
            let second = try await link()
            #expect(try await store.join(with: second.token, by: bob.principal, address: nil) == .joined(harbour.id))
            #expect(try await harbour.role(bob) == .admin)
            await #expect(throws: StorageError.self) {
                try await store.invitations(to: harbour.id, by: harbour.member.principal)
            }
            #expect(try await store.invitations(to: harbour.id, by: stranger.principal) == nil)
            // A person's own organisation is theirs alone.
            await #expect(throws: StorageError.self) {
                _ = try await store.invite(
                    to: bob.organisationID,
                    as: .member,
                    email: nil,
                    uses: 1,
                    days: 1,
                    by: bob.principal,
                    address: nil
                )
            }
        }
    }

    @Test func nobodyOwnsThemWithoutEnd() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person("ada").principal
            var made: [UUID] = []
            func make() async throws -> Bool {
                made.append(try await store.createOrganisation(name: "One of many", by: ada, address: nil).id)
                return true
            }
            for _ in 0..<49 { _ = try await make() }
            #expect(await code { try await make() } == .conflict("organization"))
            // With a person's own.
            #expect(try await store.organisations(by: ada).count == 50)
            #expect(try await store.deleteOrganisation(made[0], by: ada, address: nil))
            #expect(try await make())
        }
    }

    /// Neither withdrawing what was sent nor another organisation makes room for more.
    @Test func nobodyIsSentMoreThanAFewMails() async throws {
        try await TestDatabase.with { database in
            let harbour = try await Harbour(database.store)
            let (store, owner) = (harbour.store, harbour.owner.principal)
            let second = try await store.createOrganisation(name: "Second", by: owner, address: nil).id
            func mail(_ email: String, to id: UUID) async throws -> UUID? {
                let made = try await store.invite(
                    to: id,
                    as: .member,
                    email: email,
                    uses: 1,
                    days: 1,
                    mailIn: "en",
                    by: owner,
                    address: nil
                )
                return made?.invitation.id
            }
            for id in [harbour.id, second, harbour.id] {
                let invitation = try #require(try await mail("bob@example.org", to: id))
                #expect(try await store.withdrawInvitation(invitation, to: id, by: owner, address: nil))
            }
            #expect(try await store.deleteOrganisation(second, by: owner, address: nil))
            for _ in 0..<2 {
                await #expect(throws: StorageError.self) { try await mail("bob@example.org", to: harbour.id) }
            }
            #expect(try await mail("eve@example.org", to: harbour.id) != nil)
            // What was withdrawn is not sent any more, and is gone from the list.
            while let queued = try await store.claimMail() {
                let letter = try await store.letter(for: queued)
                #expect((letter != nil) == (queued.recipient == "eve@example.org"))
                try await store.finishMail(queued, wasSent: letter != nil)
            }
            #expect(try await store.invitations(to: harbour.id, by: owner)?.map(\.email) == ["eve@example.org"])
        }
    }

    /// Also those who came by a token that names the organisation with each request, and whose streams and sockets are open.
    @Test func aDeletedOneIsClosedToWhoeverReadsInIt() async throws {
        try await TestDatabase.with { database in
            let harbour = try await Harbour(database.store)
            let (store, member) = (harbour.store, harbour.member)
            let session = try await store.startSession(
                user: member.id,
                userAgent: nil,
                address: nil,
                lifetime: .seconds(60)
            ).session.id
            let readers = [harbour.id, member.organisationID].map {
                StreamReader(user: member.id, organisation: $0, credential: .session(session))
            }
            #expect(try await store.readersToDismiss(among: readers) == [])
            #expect(try await store.deleteOrganisation(harbour.id, by: harbour.owner.principal, address: nil))
            #expect(try await store.readersToDismiss(among: readers) == [0])
        }
    }
}
