import Engine
import Foundation
import Postgres
import Storage
import Testing

@testable import Web

/// How a world is made: a member owns one of everything, and all the others are there who may ask for it.
extension RouteWorld {
    static func cast(at site: TestSite) async throws -> Cast {
        let owner = try await person("member", at: site)
        let other = try await person("stranger", at: site)
        let leaver = try await person("suspended", at: site)
        let member = try await caller("member", owner, at: site)
        let administrator = try await person("superuser", isSuperuser: true, at: site)
        let database = site.database.administrator
        // Of those that only an administrator has.
        let server = MCPDraft(name: "harbour", transport: .http, place: "https://mcp.example.org/mcp")
        let mcp = try await site.store.createMCPServer(server, by: administrator.principal)
        let cast = Cast(
            member: member,
            stranger: try await caller("stranger", other, at: site),
            superuser: try await caller("superuser", administrator, at: site),
            revoked: try await revoked(owner, at: site),
            suspended: try await caller("suspended", leaver, at: site).signedOut,
            keys: try await keys(of: other, administrator: administrator, at: site),
            things: try await things(of: owner, as: member, at: site).merging([
                "mcp": mcp.id.text, "suspended": leaver.id.text,
            ]) { $1 }
        )
        try await database.query("update users set status = 'disabled' where user_id = \(leaver.id)")
        try await database.query(
            "update users set tokens_valid_after = now() - interval '10 minutes' where user_id = \(owner.id)"
        )
        return cast
    }

    static func person(
        _ name: String,
        status: UserStatus = .active,
        isSuperuser: Bool = false,
        at site: TestSite
    ) async throws -> User {
        try await site.store.register(
            email: "\(name)@example.com",
            password: Secret(password),
            nickname: name,
            language: "en",
            status: status,
            isSuperuser: isSuperuser
        )
    }

    static func caller(_ name: String, _ user: User, at site: TestSite) async throws -> RouteCaller {
        let started = try await session(of: user, at: site)
        let family = try await site.store.issueRefreshToken(user: user.id).family
        return RouteCaller(
            name: name,
            token: try await site.services.tokens.issue(for: user.id, family: family),
            session: started.token.reveal(),
            proof: FormProof(session: started.session.csrfToken, organisation: user.principal.organisationID).text
        )
    }

    private static func revoked(_ user: User, at site: TestSite) async throws -> RouteCaller {
        let started = try await session(of: user, at: site)
        try await site.store.endSession(started.session.id, by: user.principal)
        // Signed by us and not expired, but older than the last change of the password.
        let family = try await site.store.issueRefreshToken(user: user.id).family
        let token = try await site.services.tokens.issue(
            for: user.id,
            family: family,
            at: Date().addingTimeInterval(-1200)
        )
        return RouteCaller(name: "revoked", token: token, session: started.token.reveal())
    }

    /// An organisation that was deleted.
    private static func closed(at site: TestSite, by principal: Principal) async throws -> String {
        let made = try await site.store.createOrganisation(name: "Closed", by: principal, address: nil)
        _ = try await site.store.deleteOrganisation(made.id, by: principal, address: nil)
        return made.id.text
    }

    private static func session(of user: User, at site: TestSite) async throws -> (token: Secret, session: Session) {
        try await site.store.startSession(user: user.id, userAgent: nil, address: nil, lifetime: .seconds(7200))
    }

    private static func keys(
        of user: User,
        administrator: User,
        at site: TestSite
    ) async throws -> [APIKey.Scope: RouteCaller] {
        var keys: [APIKey.Scope: RouteCaller] = [:]
        for scope in APIKey.Scope.allCases {
            let owner = scope == .admin ? administrator.principal : user.principal
            let made = try await site.store.createAPIKey(name: scope.rawValue, scopes: [scope], days: nil, by: owner)
            keys[scope] = RouteCaller(name: "key for \(scope)", key: made.secret.reveal())
        }
        return keys
    }

    private static func things(of owner: User, as member: RouteCaller, at site: TestSite) async throws
        -> [String: String]
    {
        let (store, principal) = (site.store, owner.principal)
        let provider = try await store.createProvider(
            kind: .custom,
            name: "Test",
            baseURL: "http://127.0.0.1:9/v1",
            apiKey: nil,
            organization: nil,
            by: principal
        )
        let model = try await store.createModel(llmID: provider.id, name: "large", displayName: "large", by: principal)
        let agent = UUID.v7()
        try await site.database.administrator.query(
            """
            insert into agents (agent_id, org_id, user_id, name, display_name, instruction)
            values (\(agent), \(owner.organisationID), \(owner.id), 'own', 'Own', 'Be brief.')
            """
        )
        let conversation = try await store.createConversation(title: nil, by: principal)
        var picture = try #require(try await store.intake("dot.png", in: conversation.id, by: principal))
        try await picture.take(Picture.dot)
        let budget = try await store.createBudget(
            on: .user(owner.id),
            period: .month,
            name: nil,
            terms: BudgetTerms(amount: 10, currency: "USD"),
            isPersonal: true,
            by: principal
        )
        // Named as what the paths of the matrix put in.
        _ = try await store.setVariable(conversation.id.text, to: .bool(true), in: conversation.id, by: principal)
        let program = Caller(client: site.client, token: member.token)
        // An answer that has failed can be looked at, stopped and tried again.
        let failed = try await program.post(
            "/v1/conversations/\(conversation.id.text)/messages",
            #"{"content":"fail"}"#
        )
        let messages = try await program.get("/v1/conversations/\(conversation.id.text)/messages")
        let page = try await program.get("/sign-in")
        let text = SkillText(name: "own", description: "Own.", instructions: "Do it.")
        let skill = try #require(try await store.createSkill(text, by: principal))
        _ = try await store.putFile(.init(path: "a.txt", content: [97]), of: skill.id, by: principal)
        return [
            "user": owner.id.text, "organisation": owner.organisationID.text, "provider": provider.id.text,
            "model": try #require(model).id.text, "agent": agent.text, "conversation": conversation.id.text,
            "run": try #require(failed.string("error.details.0.message")),
            "other": try #require(failed.string("error.details.0.message")),
            "message": try #require(messages.string("data.0.message_id")),
            "file": try await picture.finish().id.text,
            "budget": try #require(budget).id.text,
            "session": try await session(of: owner, at: site).session.id.text,
            "secret": try await store.createToolSecret(
                name: "KEY",
                value: Secret("not-to-be-seen"),
                hosts: ["api.example.org"],
                isShared: false,
                by: principal
            ).id.text,
            // Of everybody: it comes with the program.
            "tool": try await store.tools(by: principal).first?.id.text ?? "",
            "own": try await store.createTool(
                ToolDraft(
                    name: "own",
                    description: "Own.",
                    type: "script",
                    schema: #"{"type":"object"}"#,
                    definition: #"{"code":"cat"}"#
                ),
                by: principal
            )?.id.text ?? "",
            "skill": skill.id.text,
            // The first of the tool and of the skill; the agent came without any.
            "version": "1",
            "key": try await store.createAPIKey(name: "x", scopes: [.mcp], days: nil, by: principal).key.id.text,
            "chapter": "agents", "operation": "get_v1_users_me",
            "applicant": try await person("applicant", status: .pending, at: site).id.text,
            "team": try await store.createOrganisation(name: "Team", by: principal, address: nil).id.text,
            "closed": try await closed(at: site, by: principal),
            "invitation": UUID.v7().text,
            "asset": String(try #require(page.text.firstMatch(of: /\/assets\/(alma\.[0-9a-f]+\.css)/)).1),
        ]
    }
}
