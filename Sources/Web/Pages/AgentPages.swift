import Engine
import Foundation
import Hummingbird
import Storage

/// The agents, to be looked at.
struct AgentPages: Sendable {
    let desk: Desk

    func list(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let voice = try desk.voice(context)
        let page = Page(number: Int(request.query("page")) ?? 1, size: 100)
        let agents = try await desk.store.agents(type: nil, status: nil, page: page, by: identity.principal)
        let view = AgentsView(
            page: desk.frame(voice.words["agents.title"], .agents, request: request, context: context, voice: voice),
            agents: agents.items.map {
                .init(
                    id: $0.id,
                    name: $0.title(voice: voice),
                    description: $0.about(voice: voice),
                    isSystem: $0.isSystemAgent,
                    isOff: $0.status != "active"
                )
            },
            pager: PageTurner(page, shown: agents.items.count, total: agents.total, voice: voice) {
                "/agents?page=\($0)"
            }
        )
        return try desk.page(view, context: context)
    }

    func show(_ request: Request, context: WebContext) async throws -> Response {
        try await page(request, context: context)
    }

    /// `hosts`: what was typed and cannot be kept, and why.
    private func page(
        _ request: Request,
        context: WebContext,
        hosts: (typed: String, error: String)? = nil
    ) async throws -> Response {
        let identity = try context.signedIn()
        let voice = try desk.voice(context)
        guard let agent = try await desk.store.agent(context.identifier("id"), by: identity.principal) else {
            throw WebError.notFound
        }
        let tools = try await desk.store.tools(ofAgent: agent.id, by: identity.principal)
        let models = try await desk.store.models(llmID: nil, isActive: nil, by: identity.principal)
        let network =
            try await desk.services.settings.mayGiveNetwork
            ? desk.store.network(ofAgent: agent.id, by: identity.principal) : nil
        let isOwn = agent.userID == identity.user.id
        let view = AgentView(
            page: desk.frame(agent.title(voice: voice), .agents, request: request, context: context, voice: voice),
            id: agent.id,
            name: agent.title(voice: voice),
            description: agent.about(voice: voice),
            instruction: agent.instruction,
            capabilities: agent.abilities(voice: voice),
            isSystem: agent.isSystemAgent,
            isOwn: isOwn,
            isOff: agent.status != "active",
            team: agent.team,
            numbers: .init(
                model: models.first { $0.id == agent.modelID }?.displayName,
                runs: agent.usageCount,
                successRate: agent.successRate,
                time: agent.averageResponseTime,
                lastUsedAt: agent.lastUsedAt
            ),
            month: try await month(of: agent.id, by: identity.principal, voice: voice),
            tools: tools?.filter(\.isEnabled) ?? [],
            use: try await desk.store.toolUse(agent: agent.id, by: identity.principal),
            skills: AgentView.Skills(
                try await desk.store.skills(by: identity.principal),
                chosen: try await desk.store.skills(ofAgent: agent.id, by: identity.principal),
                mayChoose: isOwn
            ),
            network: network.map { AgentNetworkView($0, typed: hosts?.typed, error: hosts?.error, voice: voice) },
            budgets: try await budgets(on: agent, by: identity.principal, voice: voice),
            history: isOwn ? try await history(of: agent, request, by: identity.principal, voice: voice) : nil,
            voice: voice
        )
        return try desk.page(view, context: context, status: hosts == nil ? .ok : .unprocessableContent)
    }

    private func month(of agent: UUID, by principal: Principal, voice: Voice) async throws -> AgentView.Month {
        let (from, to) = (voice.now.addingTimeInterval(-29 * 86_400).utcDay, voice.now.utcDay)
        let calls = UsageQuestion(grouping: .agent, from: from, to: to, scope: .own, agent: agent)
        return AgentView.Month(
            figures: try await desk.store.figures(ofAgent: agent, from: from, by: principal),
            costs: UsageTotal(try await desk.store.usage(calls, by: principal)).costs,
            from: from,
            to: to
        )
    }

    private func budgets(on agent: Agent, by principal: Principal, voice: Voice) async throws -> [BudgetRow] {
        try await desk.store.budgets(by: principal).filter { $0.subject == .agent(agent.id) }.map {
            BudgetRow($0, subjectName: agent.title(voice: voice), voice: voice)
        }
    }

    private func history(
        of agent: Agent,
        _ request: Request,
        by principal: Principal,
        voice: Voice
    ) async throws -> HistoryView? {
        let page = Page(number: Int(request.query("versions")) ?? 1, size: 10)
        let versions = try await desk.store.agentVersions(of: agent.id, page: page, by: principal)
        let address = "/agents/\(agent.id.text)"
        return HistoryView(
            versions.items,
            current: String(agent.version),
            address: address,
            mayChange: true,
            turner: PageTurner(page, shown: versions.items.count, total: versions.total, voice: voice) {
                "\(address)?versions=\($0)#versions"
            },
            voice: voice
        ) { $0.words(voice.words) }
    }

    /// Where the agent's programs may go in the person's runs: hosts with blanks or commas between them.
    func setNetwork(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let (agent, typed) = (try context.identifier("id"), try await request.decodeForm().trimmed("hosts"))
        do {
            let isSet = try await desk.store.setNetwork(
                typed.listedHosts,
                ofAgent: agent,
                by: identity.principal,
                address: context.remoteAddress
            )
            guard isSet else { throw WebError.notFound }
            return .redirect(to: "/agents/\(agent.text)", done: .saved, anchor: "network")
        } catch let error as StorageError where error.code == .invalid("hosts") {
            let words = try desk.voice(context).notAccepted(error.message)
            return try await page(request, context: context, hosts: (typed, words))
        }
    }

    /// Which skills it may open: those that are ticked, and no others.
    func setSkills(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let (agent, names) = (try context.identifier("id"), try await request.decodeForm().all("skill"))
        guard try await desk.store.setSkills(names, of: agent, by: identity.principal) else { throw WebError.notFound }
        return .redirect(to: "/agents/\(agent.text)", done: .saved, anchor: "skills")
    }

    /// What the person lets the agent do: for each of its tools a choice, empty for the general rules.
    func setPolicies(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let agent = try context.identifier("id")
        let form = try await request.decodeForm()
        guard let tools = try await desk.store.tools(ofAgent: agent, by: identity.principal) else {
            throw WebError.notFound
        }
        for tool in tools {
            let chosen = ToolPolicy.Decision(rawValue: form["policy.\(tool.name)"])
            guard chosen != tool.ownDecision else { continue }
            _ = try await desk.store.setPolicy(chosen, tool: tool.name, agent: agent, by: identity.principal)
        }
        return .redirect(to: "/agents/\(agent.text)", done: .saved)
    }
}

extension String {
    /// Hosts, however they were set apart.
    var listedHosts: [String] { split { ",，、".contains($0) || $0.isWhitespace }.map(String.init) }
}
