import Engine
import Foundation
import Postgres
import Storage
import Testing

/// Changes on condition: of those who saw the same one gets their way, on however many servers.
@Suite struct ConditionalChangeTests {
    private typealias Change = @Sendable (Int) async throws -> Void

    /// Both are held until both are there, so that neither has done before the other looks.
    private func race(
        _ database: TestDatabase,
        _ subject: Conditional,
        holding: Query,
        _ change: @escaping Change
    ) async throws -> [StorageError.Code?] {
        let seen = try await database.store.condition(of: subject)
        let writers = try await database.administrator.transaction { transaction in
            _ = try await transaction.query(holding)
            let writers = (0..<2).map { number in
                Task { () -> StorageError.Code? in
                    do {
                        try await Condition.$current.withValue(seen) { try await change(number) }
                        return nil
                    } catch { return (error as? StorageError)?.code ?? .failed }
                }
            }
            try await database.waitForLocks(2)
            return writers
        }
        var codes: [StorageError.Code?] = []
        for writer in writers { codes.append(await writer.value) }
        return codes
    }

    @Test func ofTwoWhoSawTheSameOneGetsTheirWay() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let root = try await store.person("root", isSuperuser: true)
            let (ada, asker) = (try await store.person("ada"), root.principal)
            let model = try await store.chatModel(by: asker)
            let provider = try #require(try await store.provider(model.llmID, by: asker))
            let team = try await store.createOrganisation(name: "Team", by: asker, address: nil)
            let terms = BudgetTerms(amount: 5, currency: "USD")
            let budget = try #require(
                try await store.createBudget(
                    on: .organization,
                    period: .day,
                    name: nil,
                    terms: terms,
                    isPersonal: false,
                    by: asker
                )
            )
            let (tool, skill) = try await made(by: asker, in: store)
            #expect(try await store.addMember(ada.id, as: .member, to: team.id, by: asker, address: nil))
            let talk = try await store.createConversation(title: "Talk", by: asker).id
            #expect(try await store.setVariable("place", to: .null, in: talk, by: asker))
            let changes: [(Conditional, Query, Change)] = [
                (
                    .user(ada.id), "select from users where user_id = \(ada.id) for update",
                    { _ = try await store.changeUser(ada.id, .init(nickname: "Ada \($0)"), by: asker, address: nil) }
                ),
                (
                    .organisation(team.id), "select from organisations where org_id = \(team.id) for update",
                    { _ = try await store.renameOrganisation(team.id, to: "Team \($0)", by: asker, address: nil) }
                ),
                (
                    .provider(provider.id), "select from llmconfigs where llm_id = \(provider.id) for update",
                    {
                        _ = try await store.updateProvider(
                            provider.id,
                            name: "Provider \($0)",
                            baseURL: provider.apiBaseURL,
                            apiKey: nil,
                            isActive: true,
                            by: asker
                        )
                    }
                ),
                (
                    .model(model.id), "select from models where model_id = \(model.id) for update",
                    { _ = try await store.updateModel(model.id, displayName: "Model \($0)", by: asker) }
                ),
                (
                    .budget(budget.id), "select from budgets where budget_id = \(budget.id) for update",
                    { _ = try await store.updateBudget(budget.id, name: "Budget \($0)", terms: terms, by: asker) }
                ),
                (
                    .tool(tool.id), "select from tools where tool_id = \(tool.id) for update",
                    { number in
                        guard var draft = tool.draft else { return }
                        draft.description = "Tool \(number)"
                        _ = try await store.updateTool(tool.id, draft, by: asker)
                    }
                ),
                (
                    .skill(skill.id), "select from skills where skill_id = \(skill.id) for update",
                    { number in
                        var text = skill.skill
                        text.description = "Skill \(number)"
                        _ = try await store.updateSkill(skill.id, text, by: asker)
                    }
                ),
                (
                    .settings, "select pg_advisory_xact_lock(hashtext('alma.settings'))",
                    { _ = try await store.setApprovalPatience(60 + $0, by: asker) }
                ),
            ]
            let others: [(Conditional, Query, Change)] = [
                (
                    .conversation(talk), "select from conversations where conversation_id = \(talk) for update",
                    { _ = try await store.updateConversation(talk, title: "Talk \($0)", by: asker) }
                ),
                (
                    .variable("place", conversation: talk),
                    "select from conversations where conversation_id = \(talk) for update",
                    { _ = try await store.setVariable("place", to: .string("\($0)"), in: talk, by: asker) }
                ),
                (
                    .preferences(of: root.id), "select from users where user_id = \(root.id) for update",
                    { _ = try await store.mergePreferences(#"{"number":\#($0)}"#, by: asker) }
                ),
                (
                    .member(ada.id, of: team.id), "select from organisations where org_id = \(team.id) for update",
                    {
                        let role: OrganisationRole = $0 == 0 ? .admin : .owner
                        _ = try await store.changeMember(ada.id, to: role, in: team.id, by: asker, address: nil)
                    }
                ),
                (
                    .instructions(of: root.organisationID),
                    "select pg_advisory_xact_lock(hashtext('alma.instructions'))",
                    { _ = try await store.setInstructions(instance: nil, organisation: "Be \($0).", by: asker) }
                ),
                (
                    .policies(of: root.organisationID),
                    """
                    select pg_advisory_xact_lock(
                        hashtext('alma.tool_policies'), hashtext(\(root.organisationID)::text)
                    )
                    """,
                    {
                        let subject = PolicySubject(tool: "dig")
                        _ = try await store.setOrganisationPolicy(.ask, for: subject, patience: 60 + $0, by: asker)
                    }
                ),
            ]
            for (subject, holding, change) in changes + others {
                let codes = try await race(database, subject, holding: holding, change)
                #expect(codes.filter { $0 == nil }.count == 1, "\(subject): \(codes)")
                #expect(codes.filter { $0 == .changed }.count == 1, "\(subject): \(codes)")
            }
        }
    }

    private func made(by principal: Principal, in store: Store) async throws -> (ToolRecord, SkillRecord) {
        let draft = ToolDraft(
            name: "greet",
            description: "Greets.",
            type: "script",
            schema: #"{"type":"object"}"#,
            definition: #"{"language":"shell","code":"cat"}"#
        )
        let text = SkillText(name: "notes", description: "How.", instructions: "Short.")
        let tool = try #require(try await store.createTool(draft, by: principal))
        return (tool, try #require(try await store.createSkill(text, by: principal)))
    }

    @Test func whatWasChangedMeanwhileIsNotDeleted() async throws {
        try await TestDatabase.with { database in
            let (store, by) = (database.store, try await database.store.person().principal)
            let (tool, skill) = try await made(by: by, in: store)
            let seen = (try await store.condition(of: .tool(tool.id)), try await store.condition(of: .skill(skill.id)))
            _ = try await store.updateTool(tool.id, try #require(tool.draft), by: by)
            _ = try await store.updateSkill(skill.id, skill.skill, by: by)
            await #expect {
                try await Condition.$current.withValue(seen.0) { _ = try await store.deleteTool(tool.id, by: by) }
            } throws: { ($0 as? StorageError)?.code == .changed }
            await #expect {
                try await Condition.$current.withValue(seen.1) { _ = try await store.deleteSkill(skill.id, by: by) }
            } throws: { ($0 as? StorageError)?.code == .changed }
            #expect(try await store.deleteTool(tool.id, by: by))
            #expect(try await store.deleteSkill(skill.id, by: by))
        }
    }

    /// Between the look and the change somebody signs in, and the provider is tried out: both are written in the rows.
    @Test func whatWasUsedMeanwhileIsChanged() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person("ada")
            let asker = try await store.person("root", isSuperuser: true).principal
            let id = try await store.chatModel(by: asker).llmID
            let provider = try #require(try await store.provider(id, by: asker))
            let seen = (try await store.condition(of: .user(ada.id)), try await store.condition(of: .provider(id)))
            guard case .user = try await store.authenticate(email: ada.email, password: TestPeople.password) else {
                Issue.record("Ada cannot sign in")
                return
            }
            let failure = ProbeResult.Failure(code: "refused", message: "Nothing listens there.")
            _ = try await store.recordTest(id, ProbeResult(latency: 1, models: [], failure: failure), by: asker)
            #expect(try await store.user(ada.id, by: asker)?.lastLoginAt != nil)
            func rename(_ name: String) async throws {
                try await Condition.$current.withValue(seen.0) {
                    _ = try await store.changeUser(ada.id, .init(nickname: name), by: asker, address: nil)
                }
            }
            func move(key: Secret?) async throws {
                try await Condition.$current.withValue(seen.1) {
                    _ = try await store.updateProvider(
                        id,
                        name: provider.providerName,
                        baseURL: provider.apiBaseURL,
                        apiKey: .some(key),
                        isActive: true,
                        by: asker
                    )
                }
            }
            try await rename("Ada")
            try await move(key: Secret("sk-secret-1234"))
            #expect(try await store.user(ada.id, by: asker)?.nickname == "Ada")
            #expect(try await store.provider(id, by: asker)?.hasKey == true)
            await #expect {
                try await rename("Bob")
            } throws: { ($0 as? StorageError)?.code == .changed }
            await #expect {
                try await move(key: nil)
            } throws: { ($0 as? StorageError)?.code == .changed }
        }
    }

    /// Somebody who sets no condition has changed it meanwhile.
    @Test func whatSomebodyElseHasChangedIsNotOverwritten() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let root = try await store.person("root", isSuperuser: true)
            let seen = try await store.condition(of: .settings)
            #expect(try await store.setApprovalPatience(60, by: root.principal))
            await #expect(throws: StorageError.self) {
                try await Condition.$current.withValue(seen) {
                    _ = try await store.setApprovalPatience(90, by: root.principal)
                }
            }
            #expect(try await store.approvalPatience() == 60)
            let now = try await store.condition(of: .settings)
            let isSet = try await Condition.$current.withValue(now) {
                try await store.setApprovalPatience(90, by: root.principal)
            }
            #expect(isSet && now != seen)
        }
    }
}
