import Engine
import Foundation
import Postgres
import Storage
import Testing

/// Whose word counts when a tool is called: by tool or level, with an agent or all, for a person or everybody.
@Suite struct ToolPolicyTests {
    private struct Company {
        let store: Store
        let ada: User
        let bob: User
        let application: Database

        /// In Ada's organisation, as whoever leads nobody.
        var member: Principal { .member(user: bob.id, organisation: ada.organisationID, isSuperuser: false) }

        /// What happens to a call in a new run of theirs.
        func decision(on tool: String, _ level: ToolLevel, for principal: Principal) async throws -> ToolPolicy.Decision
        {
            let claimed = try await store.claimedRun(by: principal)
            let policy = try await store.brief(for: claimed).policy
            _ = try await store.finish(claimed.outcome("done", after: 2))
            let specification = ToolSpecification(
                name: tool,
                description: "",
                schema: "{}",
                level: level,
                effect: .pure
            )
            return policy.decision(on: specification, agent: claimed.run.agentID)
        }

        init(_ database: TestDatabase) async throws {
            store = database.store
            application = database.application
            (ada, bob) = (try await store.person(), try await store.person("bob"))
            try await database.administrator.query(
                "insert into memberships (org_id, user_id) values (\(ada.organisationID), \(bob.id))"
            )
        }
    }

    @Test func aToolIsDeniedToOnePersonWhateverTheyAllowThemselves() async throws {
        try await TestDatabase.with { database in
            let company = try await Company(database)
            let (store, ada, bob) = (company.store, company.ada.principal, company.member)
            let subject = PolicySubject(tool: "dig", user: company.bob.id)
            #expect(try await store.setOrganisationPolicy(.deny, for: subject, by: ada))
            #expect(try await store.setOwnPolicy(.allow, for: .init(tool: "dig"), by: bob))
            #expect(try await company.decision(on: "dig", .readOnly, for: bob) == .deny)
            #expect(try await company.decision(on: "dig", .readOnly, for: ada) == .allow)
            #expect(try await company.decision(on: "swim", .readOnly, for: bob) == .allow)
            // Both words stand beside each other, and nobody takes the other's away.
            #expect(try await store.setOwnPolicy(nil, for: .init(tool: "dig"), by: bob))
            #expect(try await company.decision(on: "dig", .readOnly, for: bob) == .deny)
            #expect(try await !store.setOrganisationPolicy(nil, for: subject, by: bob))
            #expect(try await store.setOrganisationPolicy(nil, for: subject, by: ada))
            #expect(try await company.decision(on: "dig", .readOnly, for: bob) == .allow)
        }
    }

    @Test func whoWantsToBeAskedBeforeAnythingOfALevelIs() async throws {
        try await TestDatabase.with { database in
            let company = try await Company(database)
            let (store, ada, bob) = (company.store, company.ada.principal, company.member)
            #expect(try await store.setOrganisationPolicy(.allow, for: .init(tool: "dig"), by: ada))
            #expect(try await company.decision(on: "dig", .privileged, for: bob) == .allow)
            #expect(try await store.setOwnPolicy(.ask, for: .init(level: .privileged), patience: 60, by: bob))
            #expect(try await company.decision(on: "dig", .privileged, for: bob) == .ask)
            #expect(try await company.decision(on: "dig", .privileged, for: ada) == .allow)
            // What they said of the tool itself, with the agent, says more.
            let always = PolicySubject(tool: "dig", agent: Agent.assistantID)
            #expect(try await store.setOwnPolicy(.allow, for: always, by: bob))
            #expect(try await company.decision(on: "dig", .privileged, for: bob) == .allow)
            let own = try await store.ownPolicies(by: bob)
            #expect(own.map(\.level) == [.privileged, nil] && own.map(\.expiresAfter) == [60, nil])
            #expect(own.allSatisfy { $0.userID == company.bob.id && !$0.isOrganisations })
        }
    }

    @Test func rulesAboutPeopleAreSeenByThemAndByThoseWhoLead() async throws {
        try await TestDatabase.with { database in
            let company = try await Company(database)
            let (store, ada, bob) = (company.store, company.ada.principal, company.member)
            let aboutBob = PolicySubject(level: .privileged, user: company.bob.id)
            let aboutAda = PolicySubject(level: .privileged, user: company.ada.id)
            #expect(try await store.setOrganisationPolicy(.deny, for: aboutBob, by: ada))
            #expect(try await store.setOrganisationPolicy(.ask, for: aboutAda, by: ada))
            #expect(try await store.setOwnPolicy(.ask, for: .init(level: .readOnly), by: bob))
            #expect(
                try await Set(store.organisationPolicies(by: ada).map(\.userID)) == [company.bob.id, company.ada.id]
            )
            #expect(try await store.organisationPolicies(by: bob).map(\.userID) == [company.bob.id])
            #expect(try await store.ownPolicies(by: ada).isEmpty)
            // Of nobody else.
            let stranger = try await store.person("eve")
            let aboutEve = PolicySubject(level: .privileged, user: stranger.id)
            #expect(try await !store.setOrganisationPolicy(.deny, for: aboutEve, by: ada))
            // The table does not let a person speak for the organisation, wherever a question forgets to ask.
            let settings = [
                SessionSetting(name: "alma.user", value: company.bob.id.text),
                SessionSetting(name: "alma.org", value: company.ada.organisationID.text),
            ]
            await #expect(throws: DatabaseError.self) {
                try await company.application.query(
                    """
                    insert into tool_policies (policy_id, org_id, user_id, tool_name, by_organisation, decision)
                    values (\(UUID.v7()), \(company.ada.organisationID), \(company.bob.id), 'dig', true, 'allow')
                    """,
                    with: settings
                )
            }
            let removed = try await company.application.query("delete from tool_policies", with: settings)
            #expect(removed.affected == 1, "only one's own")
        }
    }
}
