import Hummingbird

/// The site map of the JSON API.
struct APIRoutes: Sendable {
    let services: WebServices

    func add(to router: Router<WebContext>) {
        let account = AccountRoutes(services: services)
        let providers = ProviderRoutes(services: services)
        let models = ModelRoutes(services: services)
        let agents = AgentRoutes(services: services)
        let conversations = ConversationRoutes(services: services)
        let messages = MessageRoutes(services: services)
        let runs = RunRoutes(services: services)

        router.post("/v1/login/access-token", use: account.signIn)
        router.post("/v1/login/refresh-token", use: account.refresh)
        router.post("/v1/logout", use: account.signOut)
        router.post("/v1/register", use: account.register)
        router.put("/v1/password/change", use: account.changePassword)
        router.get("/v1/users/me", use: account.me)
        router.put("/v1/users/me", use: account.updateMe)
        router.get("/v1/users/me/preferences", use: account.preferences)
        router.patch("/v1/users/me/preferences", use: account.updatePreferences)

        router.get("/v1/llm-configs", use: providers.list)
        router.post("/v1/llm-configs", use: providers.create)
        router.get("/v1/llm-configs/{id}", use: providers.show)
        router.patch("/v1/llm-configs/{id}", use: providers.update)
        router.delete("/v1/llm-configs/{id}", use: providers.delete)
        router.post("/v1/llm-configs/{id}/test", use: providers.test)

        router.get("/v1/models", use: models.list)
        router.post("/v1/models", use: models.create)
        router.put("/v1/models/default", use: models.setDefault)
        router.put("/v1/models/fallbacks", use: models.setFallbacks)
        router.patch("/v1/models/{id}", use: models.update)
        router.delete("/v1/models/{id}", use: models.delete)

        router.get("/v1/agents", use: agents.list)
        router.post("/v1/agents", use: agents.create)
        router.get("/v1/agents/{id}", use: agents.show)
        router.patch("/v1/agents/{id}", use: agents.update)
        router.delete("/v1/agents/{id}", use: agents.delete)

        router.get("/v1/conversations", use: conversations.list)
        router.post("/v1/conversations", use: conversations.create)
        router.get("/v1/conversations/{id}", use: conversations.show)
        router.patch("/v1/conversations/{id}", use: conversations.update)
        router.delete("/v1/conversations/{id}", use: conversations.delete)
        router.get("/v1/conversations/{id}/messages", use: conversations.messages)
        router.post("/v1/conversations/{id}/messages", use: messages.send)

        let files = FileRoutes(services: services)
        router.get("/v1/conversations/{id}/files", use: files.list)
        router.post("/v1/conversations/{id}/files", use: files.upload)
        router.get("/v1/conversations/{id}/files/{file}", use: files.show)
        router.get("/v1/conversations/{id}/files/{file}/content", use: files.content)
        router.delete("/v1/conversations/{id}/files/{file}", use: files.delete)

        let branches = BranchRoutes(services: services)
        router.put("/v1/conversations/{id}/leaf", use: branches.switchTo)
        router.get("/v1/conversations/{id}/messages/{message}", use: branches.show)
        router.delete("/v1/conversations/{id}/messages/{message}", use: branches.delete)
        router.post("/v1/conversations/{id}/messages/{message}/restoration", use: branches.restore)
        router.post("/v1/conversations/{id}/messages/{message}/edits", use: branches.edit)
        router.post("/v1/conversations/{id}/messages/{message}/regenerations", use: branches.regenerate)

        let instructions = InstructionRoutes(services: services)
        router.get("/v1/instructions", use: instructions.show)
        router.put("/v1/instructions", use: instructions.set)

        let variables = VariableRoutes(services: services)
        router.get("/v1/conversations/{id}/variables", use: variables.list)
        router.get("/v1/conversations/{id}/variables/{name}", use: variables.show)
        router.put("/v1/conversations/{id}/variables/{name}", use: variables.set)
        router.delete("/v1/conversations/{id}/variables/{name}", use: variables.remove)

        let tools = ToolRoutes(services: services)
        router.get("/v1/agents/{id}/tools", use: tools.tools)
        router.put("/v1/agents/{id}/tools/{name}/policy", use: tools.setPolicy)
        router.get("/v1/runs/{id}/results/{call}", use: runs.result)
        router.get("/v1/runs/{id}/requests", use: runs.requests)

        let library = ToolLibraryRoutes(services: services)
        router.get("/v1/tools", use: library.list)
        router.get("/v1/tools/{id}", use: library.show)
        router.get("/v1/audit/tool-calls", use: library.calls)
        let policies = ToolPolicyRoutes(services: services)
        router.get("/v1/tool-policies", use: policies.list)
        router.put("/v1/tool-policies", use: policies.set)

        let secrets = ToolSecretRoutes(services: services)
        router.get("/v1/tool-secrets", use: secrets.list)
        router.post("/v1/tool-secrets", use: secrets.create)
        router.delete("/v1/tool-secrets/{id}", use: secrets.delete)

        let approvals = ApprovalRoutes(services: services)
        router.get("/v1/approvals", use: approvals.pending)
        router.get("/v1/runs/{id}/approvals", use: approvals.list)
        router.post("/v1/runs/{id}/approvals/{call}", use: approvals.decide)
        router.get("/v1/settings/approvals", use: approvals.patience)
        router.put("/v1/settings/approvals", use: approvals.setPatience)

        let pending = PendingMessageRoutes(services: services)
        router.get("/v1/conversations/{id}/pending-messages", use: pending.list)
        router.delete("/v1/conversations/{id}/pending-messages/{message}", use: pending.discard)
        router.post("/v1/conversations/{id}/pending-messages/{message}/dispatch", use: pending.dispatch)

        let forks = ForkRoutes(services: services)
        router.get("/v1/runs/{id}/steps", use: forks.steps)
        router.post("/v1/runs/{id}/fork", use: forks.fork)
        router.get("/v1/runs/{id}/compare/{other}", use: forks.compare)

        let budgets = BudgetRoutes(services: services)
        router.get("/v1/budgets", use: budgets.list)
        router.post("/v1/budgets", use: budgets.create)
        router.patch("/v1/budgets/{id}", use: budgets.update)
        router.delete("/v1/budgets/{id}", use: budgets.delete)
        router.get("/v1/usage", use: UsageRoutes(services: services).show)

        router.get("/v1/runs/{id}", use: runs.show)
        router.get("/v1/runs/{id}/children", use: runs.children)
        router.get("/v1/runs/{id}/tree", use: runs.tree)
        router.get("/v1/runs/{id}/events", use: runs.events)
        router.post("/v1/runs/{id}/cancellation", use: runs.cancel)
        router.post("/v1/runs/{id}/retries", use: runs.retry)
        router.post("/v1/runs/{id}/pause", use: runs.pause)
        router.post("/v1/runs/{id}/resume", use: runs.resume)
    }
}
