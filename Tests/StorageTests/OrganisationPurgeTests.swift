import Engine
import Foundation
import Postgres
import Testing

@testable import Storage

/// A deleted organisation goes for good when its time is over, and not before.
@Suite struct OrganisationPurgeTests {
    /// With one row at least in every table.
    @Test func allThatIsInItGoesAndWhatWasSpentStays() async throws {
        try await TestDatabase.with { database in
            try await IsolationTests().fill(database)
            let home = UUID.v7()
            // All organisations were deleted long ago, and their people have another one.
            try await database.administrator.batch([
                "insert into organisations (org_id, name) values (\(home), 'home')",
                "update users set home_org_id = \(home)",
                """
                update organisations set is_personal = false, deleted_at = now() - interval '31 days',
                    kept_until = now() - interval '1 day'
                where org_id <> \(home)
                """,
            ])
            func count(_ rows: Query) async throws -> Int {
                try await database.administrator.query("select count(*)::int from \(rows)")[0].get(0)
            }
            let people = try await count("users")
            let spent = try await count("usage_records")
            let acts = try await count("audit_events")
            let organisations = try await count("organisations")
            #expect(try await tables(database, besides: home).count > 30, "otherwise the test says nothing")
            #expect(try await count("tool_calls where input is not null") > 0 && spent > 0 && organisations > 2)
            #expect(try await database.store.purgeOrganisations() == organisations - 1)
            let left: Set = ["audit_events", "tool_calls", "usage_records"]
            #expect(try await tables(database, besides: home) == left)
            #expect(try await count("organisations") == 1)
            #expect(try await count("run_events") == 0)
            #expect(try await count("tool_calls where input is not null") == 0, "what was said is gone")
            #expect(try await count("usage_records") == spent)
            #expect(try await count("audit_events") == acts + organisations - 1)
            #expect(try await count("audit_events where action = 'organization.purged'") == organisations - 1)
            #expect(try await count("users") == people)
        }
    }

    /// In which something stands of another organisation than this.
    private func tables(_ database: TestDatabase, besides home: UUID) async throws -> Set<String> {
        let names: [String] = try await database.administrator.query(
            """
            select c.relname::text from pg_attribute a join pg_class c on c.oid = a.attrelid
            where a.attname = 'org_id' and c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
                and not c.relispartition
            """
        ).map { try $0.get(0) }
        var found: Set<String> = []
        for name in names {
            let rows = try await database.administrator.query(
                "select from \(unescaped: name) where org_id <> \(home) limit 1"
            )
            if !rows.isEmpty { found.insert(name) }
        }
        return found
    }

    @Test func untilThenItIsOpenedAgain() async throws {
        try await TestDatabase.with { database in
            let harbour = try await Harbour(database.store)
            let (store, owner) = (harbour.store, harbour.owner.principal)
            let root = try await store.person("root", isSuperuser: true).principal
            let within = Principal.member(user: harbour.owner.id, organisation: harbour.id, isSuperuser: false)
            let talk = try await store.createConversation(title: "Kept", by: within).id
            #expect(try await store.deleteOrganisation(harbour.id, by: owner, address: nil))
            #expect(try await store.purgeOrganisations() == 0)
            let closed = try #require(try await store.organisation(harbour.id, by: root))
            let kept = try #require(closed.keptUntil).timeIntervalSince(try #require(closed.deletedAt))
            #expect(abs(kept / 86_400 - Double(Store.organisationDays)) < 0.1)
            #expect(try await store.restoreOrganisation(harbour.id, by: root, address: nil))
            let open = try #require(try await store.organisation(harbour.id, by: owner))
            #expect(open.deletedAt == nil && open.keptUntil == nil && open.memberCount == 2)
            #expect(try await store.purgeOrganisations() == 0)
            // Nor when it was opened while others had their turn.
            #expect(try await !store.purgeWhole(harbour.id, called: "Harbour"))
            #expect(try await store.conversation(talk, by: within)?.title == "Kept")
        }
    }

    /// Half of one is of no use: it is not opened any more, and the rest goes the next time.
    @Test func oneThatIsBeingTakenAwayIsNotOpenedAgain() async throws {
        try await TestDatabase.with { database in
            let harbour = try await Harbour(database.store)
            let (store, owner) = (harbour.store, harbour.owner.principal)
            let root = try await store.person("root", isSuperuser: true).principal
            let own = try await store.createConversation(title: "One's own", by: owner).id
            #expect(try await store.deleteOrganisation(harbour.id, by: owner, address: nil))
            // As a process leaves it that has died at it.
            try await database.administrator.query(
                """
                update organisations set kept_until = now() - interval '1 minute', purge_began_at = now()
                where org_id = \(harbour.id)
                """
            )
            #expect(try await store.restoreOrganisation(harbour.id, by: root, address: nil) == false)
            #expect(try await store.organisation(harbour.id, by: root) == nil)
            #expect(try await store.allOrganisations(search: nil, page: Page(), by: root)?.items == [])
            #expect(try await store.purgeOrganisations() == 1)
            #expect(try await store.purgeOrganisations() == 0)
            #expect(try await store.organisations(by: owner).map(\.isPersonal) == [true])
            #expect(try await store.conversation(own, by: owner) != nil)
            let acts = try await database.administrator.query(
                "select action, detail::text from audit_events where target = \(harbour.id.text) order by audit_id"
            )
            #expect(try acts.last?.get(0, as: String.self) == "organization.purged")
            #expect(try acts.last?.get(1, as: String.self).contains("Harbour team") == true)
        }
    }

    @Test func muchGoesInSmallPieces() async throws {
        try await TestDatabase.with { database in
            let harbour = try await Harbour(database.store)
            try await fillAndDelete(harbour, conversations: 120, in: database)
            try await database.administrator.batch([
                "create table portions (name text, portion integer)",
                """
                create function note_portion() returns trigger language plpgsql security definer as $$
                begin
                    insert into portions select tg_table_name, count(*) from gone;
                    return null;
                end
                $$
                """,
                """
                create trigger note_portion after delete on conversations
                    referencing old table as gone for each statement execute function note_portion()
                """,
                """
                create trigger note_portion after delete on files
                    referencing old table as gone for each statement execute function note_portion()
                """,
            ])
            #expect(try await harbour.store.purgeOrganisations() == 1)
            let rows = try await database.administrator.query(
                "select name, max(portion), sum(portion)::int from portions group by name order by name"
            )
            #expect(try rows.map { try $0.get(0, as: String.self) } == ["conversations", "files"])
            for row in rows { #expect(try row.get(1, as: Int.self) <= 50 && row.get(2, as: Int.self) == 120) }
        }
    }

    /// Each process keeps house for itself, and they may do it at the same time.
    @Test func ofTwoProcessesOneFinishesIt() async throws {
        try await TestDatabase.with { database in
            let harbour = try await Harbour(database.store)
            try await fillAndDelete(harbour, conversations: 120, in: database)
            async let first = harbour.store.purgeOrganisations()
            async let second = harbour.store.purgeOrganisations()
            let finished = try await first + second
            #expect(finished == 1)
            let left = try await database.administrator.query("select from organisations where not is_personal")
            #expect(left.isEmpty)
        }
    }

    /// Of two who are at the same piece one gets it. If that one dies over the next, the other must not take the
    /// organisation away: nobody would look for the rest any more.
    @Test func whatAnotherProcessHasLeftIsGoneOnWith() async throws {
        try await TestDatabase.with { database in
            let harbour = try await Harbour(database.store)
            try await fillAndDelete(harbour, conversations: 1, in: database)
            try await database.administrator.batch([
                """
                insert into request_preambles (user_id, org_id, preamble_id, content)
                select \(harbour.owner.id)::uuid, \(harbour.id)::uuid, sha256(convert_to(n::text, 'UTF8')), 'x'
                from generate_series(1, 120) n
                """,
                // As for the other, who finds nothing left of its piece.
                "create function keep() returns trigger language plpgsql as $$ begin return null; end $$",
                "create trigger keep before delete on request_preambles for each row execute function keep()",
            ])
            #expect(try await harbour.store.purgeOrganisations() == 0)
            try await database.administrator.query("drop trigger keep on request_preambles")
            #expect(try await harbour.store.purgeOrganisations() == 1)
            let left = try await database.administrator.query(
                "select from request_preambles where org_id = \(harbour.id)"
            )
            #expect(left.isEmpty)
        }
    }

    /// Its time is over, and it holds so many conversations, with as many files in one of them.
    private func fillAndDelete(_ harbour: Harbour, conversations count: Int, in database: TestDatabase) async throws {
        let owner = harbour.owner
        try await database.administrator.batch([
            """
            insert into conversations (conversation_id, org_id, user_id)
            select gen_random_uuid(), \(harbour.id)::uuid, \(owner.id)::uuid from generate_series(1, \(count)::integer)
            """,
            """
            insert into files (file_id, org_id, user_id, conversation_id, name, path, media_type)
            select gen_random_uuid(), c.org_id, c.user_id, c.conversation_id, 'x', 'x' || n, 'text/plain'
            from (select * from conversations where org_id = \(harbour.id) limit 1) c,
                generate_series(1, \(count)::integer) n
            """,
        ])
        #expect(try await harbour.store.deleteOrganisation(harbour.id, by: owner.principal, address: nil))
        try await database.administrator.query(
            "update organisations set kept_until = now() - interval '1 day' where org_id = \(harbour.id)"
        )
    }
}
