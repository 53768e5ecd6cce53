import Engine
import HTTPTypes
import Testing

@testable import Web

/// Managers and auditors: each gets what their role's permissions say, and nothing more.
@Suite struct RouteRoleTests {
    private static let roles: [AccountRole] = [.manager, .auditor]

    struct Act: Sendable, CustomTestStringConvertible {
        let rule: RouteRule
        let role: AccountRole

        var testDescription: String { "\(role.rawValue): \(rule.name)" }
    }

    /// What changes something and is open to a role.
    private static let acts = roles.flatMap { role in
        RouteMatrix.all.filter { $0.method != .get && isOpen($0, to: role) }.map { Act(rule: $0, role: role) }
    }

    private static func isOpen(_ rule: RouteRule, to role: AccountRole) -> Bool {
        rule.access.permission.map(role.permissions.contains) ?? false
    }

    /// The rules say once more what the endpoints declare.
    @Test func theRulesAreWhatTheEndpointsDeclare() async throws {
        try await TestServer.runSite { site in
            let rules = Dictionary(uniqueKeysWithValues: RouteMatrix.api.map { ($0.name, $0) })
            for endpoint in APIRoutes(services: site.services).endpoints where endpoint.access.isAdministrative {
                let name = "\(endpoint.method) \(endpoint.path)"
                let rule = try #require(rules[name], "\(name)")
                let declared: Permission =
                    if case .permitted(let permission) = endpoint.access { permission } else { .systemManage }
                #expect(rule.access.permission == declared, "\(name)")
            }
        }
    }

    /// What is looked at, and what is closed to them, in one world: nothing of it changes anything.
    @Test func rolesSeeWhatIsTheirs() async throws {
        try await RouteWorld.run { world in
            for role in Self.roles {
                let caller = try await world.caller(role)
                for rule in RouteMatrix.all where rule.method == .get || !Self.isOpen(rule, to: role) {
                    guard let expected = rule.access.outcome(for: role) else { continue }
                    let answer = try await world.answer(rule, to: caller)
                    #expect(
                        Outcome(answer) == expected,
                        "\(role) \(rule.name): \(answer.status) \(answer.text.prefix(200))"
                    )
                }
            }
        }
    }

    @Test(arguments: acts)
    func rolesDoWhatIsTheirs(_ act: Act) async throws {
        try await RouteWorld.run { world in
            try await world.leaveOrganisations()
            let caller = try await world.caller(act.role)
            let before = act.rule.isAdministrativeAct ? try await world.acts() : []
            let answer = try await world.answer(act.rule, to: caller)
            #expect(Outcome(answer) == act.rule.access.superuser, "\(answer.status) \(answer.text.prefix(200))")
            if act.rule.isAdministrativeAct { try await world.expectWritten(since: before) }
        }
    }

    @Test func theRolesDifferAndThereIsMuchToDo() {
        #expect(Self.acts.filter { $0.role == .manager }.count >= 10)
        #expect(!Self.acts.contains { $0.role == .auditor }, "they look, and change nothing")
        let seen = RouteMatrix.all.filter { $0.method == .get && Self.isOpen($0, to: .auditor) }.map(\.path)
        for path in ["/v1/admin/usage", "/admin/audit", "/admin/runs", "/admin/health", "/admin/organisations"] {
            #expect(seen.contains(path), "\(path)")
        }
    }
}
