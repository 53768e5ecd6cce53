import Engine
import Foundation
import Storage
import Testing

/// Something that is written down when it is done.
struct AuditedAct: Sendable, CustomTestStringConvertible {
    typealias Deed = @Sendable () async throws -> Void

    let action: String
    /// Makes what the deed needs.
    let prepare: @Sendable (AuditStage) async throws -> Deed

    init(_ action: String, _ prepare: @escaping @Sendable (AuditStage) async throws -> Deed) {
        self.action = action
        self.prepare = prepare
    }

    var testDescription: String { action }
}

/// Who acts, and what they act on.
struct AuditStage: Sendable {
    let store: Store
    /// An administrator, who leads an organisation of their own.
    let root: User
    let ada: User

    init(_ store: Store) async throws {
        self.store = store
        root = try await store.person("root", isSuperuser: true)
        ada = try await store.person("ada")
    }

    var by: Principal { root.principal }

    func budget() async throws -> UUID {
        let made = try await store.createBudget(
            on: .organization,
            period: .month,
            name: nil,
            terms: BudgetTerms(amount: 10, currency: "USD"),
            isPersonal: false,
            by: by
        )
        guard let made else { throw TestPeople.Missing() }
        return made.id
    }

    static let harbour = MCPDraft(name: "harbour", transport: .http, place: "https://mcp.example.org/mcp")

    func server() async throws -> UUID { try await store.createMCPServer(Self.harbour, by: by).id }

    static func draft(code: String = "cat") -> ToolDraft {
        ToolDraft(
            name: "own",
            description: "Own.",
            type: "script",
            schema: #"{"type":"object"}"#,
            definition: #"{"code":"\#(code)"}"#
        )
    }

    func tool() async throws -> UUID {
        guard let made = try await store.createTool(Self.draft(), by: by) else { throw TestPeople.Missing() }
        return made.id
    }

    static let text = SkillText(name: "own", description: "Own.", instructions: "Do it.")

    func skill() async throws -> UUID {
        guard let made = try await store.createSkill(Self.text, by: by) else { throw TestPeople.Missing() }
        return made.id
    }

    func secret() async throws -> UUID {
        try await store.createToolSecret(
            name: "KEY",
            value: Secret("not-to-be-seen"),
            hosts: ["example.org"],
            isShared: true,
            by: by
        ).id
    }

    func key() async throws -> UUID {
        try await store.createAPIKey(name: "x", scopes: [.api], days: nil, by: ada.principal).key.id
    }

    func team() async throws -> UUID { try await store.createOrganisation(name: "Team", by: by, address: nil).id }

    /// Ada's.
    func session() async throws -> UUID {
        try await store.startSession(user: ada.id, userAgent: nil, address: nil, lifetime: .seconds(60)).session.id
    }
}
