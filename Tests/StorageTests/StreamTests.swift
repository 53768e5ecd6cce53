import Engine
import Foundation
import Postgres
import Storage
import Testing

/// What streams are let in by, and what they are told.
@Suite struct StreamTests {
    @Test func aTicketIsGoodOnceAndForAWhile() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person("ada")
            let key = try await store.createAPIKey(name: "k", scopes: [.api], days: nil, by: ada.principal).key
            let token = Credential.token(family: .v7(), issuedAt: Date(), expiresAt: Date() + 60)
            for credential in [.key(key.id), token] {
                let ticket = try await store.makeTicket(for: credential, by: ada.principal)
                let dump = try await database.administrator.query("select t::text from socket_tickets t")
                #expect(try dump.first?.get(0, as: String.self).contains(ticket.reveal()) == false)
                let held = try #require(try await store.redeem(ticket: ticket))
                #expect(held.user == ada.id)
                switch (held.credential, credential) {
                case (.key(let one), .key(let other)): #expect(one == other)
                case (.token(let one, _, _), .token(let other, _, _)): #expect(one == other)
                default: Issue.record("\(held.credential)")
                }
                #expect(try await store.redeem(ticket: ticket) == nil)
            }
            let late = try await store.makeTicket(for: token, by: ada.principal)
            try await database.administrator.query("update socket_tickets set expires_at = now() - interval '1 second'")
            #expect(try await store.redeem(ticket: late) == nil)
            #expect(try await store.redeem(ticket: Secret("nonsense")) == nil)
            // Somebody who only asks for them fills no table.
            await #expect(throws: StorageError.self) {
                for _ in 0...100 { _ = try await store.makeTicket(for: token, by: ada.principal) }
            }
        }
    }

    @Test func whoMayReadNoLongerIsFoundInOneQuestion() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (ada, ben) = (try await store.person("ada"), try await store.person("ben"))
            func session(_ user: User) async throws -> UUID {
                try await store.startSession(user: user.id, userAgent: nil, address: nil, lifetime: .seconds(60))
                    .session.id
            }
            let (first, second, third) = (try await session(ada), try await session(ada), try await session(ben))
            let key = try await store.createAPIKey(name: "k", scopes: [.api], days: 1, by: ada.principal).key
            func reader(_ user: User, _ credential: Credential) -> StreamReader {
                StreamReader(user: user.id, organisation: user.organisationID, credential: credential)
            }
            let readers = [
                reader(ada, .session(first)), reader(ada, .session(second)), reader(ben, .session(third)),
                reader(ada, .key(key.id)), reader(ada, .token(family: .v7(), issuedAt: Date(), expiresAt: Date() + 60)),
                // Another's session lets nobody in.
                reader(ben, .session(first)),
            ]
            #expect(try await store.readersToDismiss(among: readers).sorted() == [4, 5])
            try await store.endSession(second, by: ada.principal)
            #expect(try await store.revokeAPIKey(key.id, by: ada.principal))
            try await database.administrator.query("update users set status = 'disabled' where user_id = \(ben.id)")
            #expect(try await store.readersToDismiss(among: readers).sorted() == [1, 2, 3, 4, 5])
            #expect(try await store.readersToDismiss(among: []) == [])
        }
    }

    /// What a reader may see and do was found out when they came.
    @Test func whoeverIsSomethingElseNowComesAnew() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let root = try await store.person("root", isSuperuser: true)
            let ada = try await store.person("ada")
            let session = try await store.startSession(
                user: ada.id,
                userAgent: nil,
                address: nil,
                lifetime: .seconds(60)
            ).session.id
            let readers = [nil, AccountRole.member, .administrator].map { role in
                StreamReader(
                    user: ada.id,
                    organisation: ada.organisationID,
                    credential: .session(session),
                    role: role
                )
            }
            #expect(try await store.readersToDismiss(among: readers) == [2])
            let change = UserChange(role: .auditor)
            #expect(try await store.changeUser(ada.id, change, by: root.principal, address: nil) != nil)
            #expect(try await store.readersToDismiss(among: readers).sorted() == [1, 2])
        }
    }

    /// A transaction that began earlier and ends later is not passed over.
    @Test func nothingIsMissedWhateverTheOrderOfCommits() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person("ada")
            let person = StreamPerson(user: ada.id, organisation: ada.organisationID)
            let start = try await store.userEventStart(known: nil, by: ada.principal).place
            let conversation = try await store.createConversation(title: "x", by: ada.principal)
            // Nobody watches, so nothing is kept.
            _ = try await store.updateConversation(conversation.id, title: "Unseen", by: ada.principal)
            try await store.watch(people: [person], for: .seconds(60))
            func insert(_ type: String) -> Query {
                """
                insert into user_events (org_id, user_id, type, data)
                values (\(ada.organisationID), \(ada.id), \(type), '{}')
                """
            }
            try await database.administrator.transaction { early in
                try await early.query(insert("early"))
                try await database.administrator.query(insert("late"))
                let found = try await store.userEvents(after: start, limit: 10, by: ada.principal)
                #expect(found.events.isEmpty && found.isMore)
            }
            var (place, records) = (start, [String]())
            while records.count < 2 {
                let found = try await store.userEvents(after: place, limit: 1, by: ada.principal)
                place = found.events.last?.place ?? place
                records += found.events.map(\.record)
            }
            #expect(records.map { String($0.prefix(15)) } == [#"{"type":"early""#, #"{"type":"late","#])
            #expect(try await store.userEventStart(known: place, by: ada.principal).isKnown)
            let ben = try await store.person("ben")
            #expect(try await store.userEvents(after: start, limit: 10, by: ben.principal).events.isEmpty)
        }
    }
}
