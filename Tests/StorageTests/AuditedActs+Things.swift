import Engine
import Foundation
import Storage

/// What is done to providers, money, tools and what else agents work with.
extension AuditedAct {
    static let things = models + servers + tools + skills

    private static let models: [AuditedAct] = [
        AuditedAct("provider.created") { stage in
            return { _ = try await stage.provider() }
        },
        AuditedAct("provider.updated") { stage in
            let id = try await stage.provider().id
            return {
                _ = try await stage.store.updateProvider(
                    id,
                    name: "Other",
                    baseURL: "builtin:",
                    apiKey: nil,
                    isActive: true,
                    by: stage.by
                )
            }
        },
        AuditedAct("provider.deleted") { stage in
            let id = try await stage.provider().id
            return { _ = try await stage.store.deleteProvider(id, by: stage.by) }
        },
        AuditedAct("model.created") { stage in
            let id = try await stage.provider().id
            return { _ = try await stage.store.createModel(llmID: id, name: "x", displayName: "x", by: stage.by) }
        },
        AuditedAct("model.updated") { stage in
            let id = try await stage.store.chatModel(by: stage.by).id
            return { _ = try await stage.store.updateModel(id, displayName: "Other", by: stage.by) }
        },
        AuditedAct("model.deleted") { stage in
            let id = try await stage.store.chatModel(by: stage.by).id
            return { _ = try await stage.store.deleteModel(id, by: stage.by) }
        },
        AuditedAct("model_choice.changed") { stage in
            let id = try await stage.store.chatModel(by: stage.by).id
            return { try await stage.store.choose(ModelChoice(fallbacks: [id]), by: stage.by, address: nil) }
        },
        AuditedAct("budget.created") { stage in
            return { _ = try await stage.budget() }
        },
        AuditedAct("budget.updated") { stage in
            let id = try await stage.budget()
            let terms = BudgetTerms(amount: 20, currency: "USD")
            return { _ = try await stage.store.updateBudget(id, name: nil, terms: terms, by: stage.by) }
        },
        AuditedAct("budget.deleted") { stage in
            let id = try await stage.budget()
            return { _ = try await stage.store.deleteBudget(id, by: stage.by) }
        },
    ]

    private static let servers: [AuditedAct] = [
        AuditedAct("mcp_server.created") { stage in
            return { _ = try await stage.server() }
        },
        AuditedAct("mcp_server.updated") { stage in
            let id = try await stage.server()
            var draft = AuditStage.harbour
            draft.isTrusted = true
            let other = draft
            return { _ = try await stage.store.updateMCPServer(id, other, by: stage.by) }
        },
        AuditedAct("mcp_server.deleted") { stage in
            let id = try await stage.server()
            return { _ = try await stage.store.deleteMCPServer(id, by: stage.by) }
        },
        AuditedAct("mcp_tools.approved") { stage in
            let id = try await stage.server()
            guard let server = try await stage.store.mcpServer(id) else { throw TestPeople.Missing() }
            let tool = MCPTool(name: "tides", description: "Tides.", schema: .object(["type": .string("object")]))
            let offer = MCPOffer(protocolVersion: "1", title: "Harbour", version: "1", tools: [tool])
            try await stage.store.record(offer, latency: .zero, of: server)
            let tools = try await stage.store.mcpTools(of: id, by: stage.by)
            let entries = tools.map { (id: $0.id, version: $0.version) }
            return { _ = try await stage.store.approveMCPTools(entries, of: id, by: stage.by) }
        },
    ]

    private static let tools: [AuditedAct] = [
        AuditedAct("tool_policy.changed") { stage in
            let rule = PolicySubject(tool: "dig")
            return { _ = try await stage.store.setOrganisationPolicy(.deny, for: rule, by: stage.by) }
        },
        AuditedAct("tool_policy.changed") { stage in
            let rule = PolicySubject(level: .privileged)
            _ = try await stage.store.setOrganisationPolicy(.deny, for: rule, by: stage.by)
            return { _ = try await stage.store.setOrganisationPolicy(nil, for: rule, by: stage.by) }
        },
        AuditedAct("tool_making.changed") { stage in
            return { _ = try await stage.store.setMembersMakeTools(true, by: stage.by) }
        },
        AuditedAct("tool.created") { stage in
            return { _ = try await stage.tool() }
        },
        AuditedAct("tool.changed") { stage in
            let id = try await stage.tool()
            return { _ = try await stage.store.updateTool(id, AuditStage.draft(code: "tac"), by: stage.by) }
        },
        AuditedAct("tool.restored") { stage in
            let id = try await stage.tool()
            return { _ = try await stage.store.restoreTool(id, version: 1, by: stage.by) }
        },
        AuditedAct("tool.deleted") { stage in
            let id = try await stage.tool()
            return { _ = try await stage.store.deleteTool(id, by: stage.by) }
        },
        AuditedAct("tool_secret.created") { stage in
            return { _ = try await stage.secret() }
        },
        AuditedAct("tool_secret.deleted") { stage in
            let id = try await stage.secret()
            return { _ = try await stage.store.deleteToolSecret(id, by: stage.by) }
        },
        AuditedAct("agent.network_changed") { stage in
            let hosts = ["example.org"]
            return { _ = try await stage.store.setNetwork(hosts, ofAgent: Agent.assistantID, by: stage.by) }
        },
        AuditedAct("instructions.changed") { stage in
            return { _ = try await stage.store.setInstructions(instance: "Be kind.", organisation: "x", by: stage.by) }
        },
    ]

    private static let skills: [AuditedAct] = [
        AuditedAct("skill.created") { stage in
            return { _ = try await stage.skill() }
        },
        AuditedAct("skill.changed") { stage in
            let id = try await stage.skill()
            return { _ = try await stage.store.updateSkill(id, AuditStage.text, by: stage.by) }
        },
        AuditedAct("skill.changed") { stage in
            let id = try await stage.skill()
            let file = Skill.File(path: "a", content: [1])
            return { _ = try await stage.store.putFile(file, of: id, by: stage.by) }
        },
        AuditedAct("skill.restored") { stage in
            let id = try await stage.skill()
            _ = try await stage.store.updateSkill(id, AuditStage.text, by: stage.by)
            return { _ = try await stage.store.restoreSkill(id, version: 1, by: stage.by) }
        },
        AuditedAct("skill.deleted") { stage in
            let id = try await stage.skill()
            return { _ = try await stage.store.deleteSkill(id, by: stage.by) }
        },
    ]
}

extension AuditStage {
    fileprivate func provider() async throws -> Provider {
        try await store.createProvider(
            kind: .builtin,
            name: "Built in",
            baseURL: "builtin:",
            apiKey: nil,
            organization: nil,
            by: by
        )
    }
}
