import Hummingbird

extension Pages {
    /// The site map of the pages.
    func add(to router: Router<WebContext>) {
        let gate = GatePages(desk: desk)
        router.get("/set-up", use: gate.setUp)
        router.post("/set-up", use: gate.createFirst)
        router.get("/sign-in", use: gate.signIn)
        router.post("/sign-in", use: gate.enter)
        router.post("/sign-out", use: gate.leave)
        router.get("/register", use: gate.register)
        router.post("/register", use: gate.create)
        router.post("/preferences", use: PreferencesPage(desk: desk).change)

        let home = HomePage(desk: desk)
        router.get("/", use: home.show)
        router.post("/conversations", use: home.start)

        let list = ConversationListPage(desk: desk)
        router.get("/conversations", use: list.show)

        let conversation = ConversationPage(desk: desk)
        router.get("/conversations/{id}", use: conversation.show)
        router.post("/conversations/{id}/messages", use: conversation.send)
        router.get("/conversations/{id}/live", use: LivePage(desk: desk).follow)

        let attached = FilePages(desk: desk)
        router.get("/conversations/{id}/files/{file}", use: attached.download)
        router.get("/conversations/{id}/files/{file}/picture", use: attached.picture)

        let branches = BranchPages(desk: desk)
        router.post("/conversations/{id}/leaf", use: branches.switchTo)
        router.get("/conversations/{id}/messages/{message}/edit", use: branches.edit)
        router.post("/conversations/{id}/messages/{message}/edit", use: branches.save)
        router.post("/conversations/{id}/messages/{message}/regeneration", use: branches.regenerate)
        router.post("/conversations/{id}/messages/{message}/deletion", use: branches.delete)
        router.post("/conversations/{id}/messages/{message}/restoration", use: branches.restore)

        let edits = ConversationEditPages(desk: desk)
        router.post("/conversations/{id}", use: edits.mark)
        router.get("/conversations/{id}/edit", use: edits.edit)
        router.post("/conversations/{id}/edit", use: edits.save)
        router.get("/conversations/{id}/deletion", use: edits.askToDelete)
        router.post("/conversations/{id}/deletion", use: edits.delete)

        let runs = RunPages(desk: desk)
        router.get("/runs/{id}", use: RunPage(desk: desk).show)
        router.post("/runs/{id}/cancellation", use: runs.cancel)
        router.post("/runs/{id}/retry", use: runs.retry)
        router.post("/runs/{id}/approvals/{call}", use: runs.decide)
        router.post("/runs/{id}/pause", use: runs.pause)
        router.post("/runs/{id}/resume", use: runs.resume)
        router.post("/conversations/{id}/pending/{message}", use: runs.settle)
        router.get("/runs/{id}/results/{call}", use: runs.result)
        router.get("/runs/{id}/requests", use: runs.requests)

        router.get("/runs/{id}/compare/{other}", use: ComparePage(desk: desk).show)

        let fork = ForkPage(desk: desk)
        router.get("/runs/{id}/fork", use: fork.show)
        router.post("/runs/{id}/fork", use: fork.save)

        let providers = ProviderListPage(desk: desk)
        router.get("/providers", use: providers.show)
        router.post("/providers/offers", use: providers.accept)
        router.post("/models/order", use: providers.order)

        let provider = ProviderPages(desk: desk)
        router.get("/providers/new", use: provider.new)
        router.post("/providers", use: provider.create)
        router.get("/providers/{id}", use: provider.edit)
        router.post("/providers/{id}", use: provider.save)
        router.post("/providers/{id}/test", use: provider.test)
        router.get("/providers/{id}/deletion", use: provider.askToDelete)
        router.post("/providers/{id}/deletion", use: provider.delete)

        let models = ModelPages(desk: desk)
        router.get("/providers/{id}/models", use: models.choose)
        router.post("/providers/{id}/models", use: models.add)
        router.get("/models/{id}", use: models.edit)
        router.post("/models/{id}", use: models.save)
        router.get("/models/{id}/deletion", use: models.askToDelete)
        router.post("/models/{id}/deletion", use: models.delete)

        let agents = AgentPages(desk: desk)
        router.get("/agents", use: agents.list)
        let making = AgentMakingPages(desk: desk)
        router.get("/agents/new", use: making.new)
        router.post("/agents/new", use: making.create)
        router.get("/agents/{id}", use: agents.show)
        router.get("/agents/{id}/edit", use: making.edit)
        router.post("/agents/{id}/edit", use: making.save)
        router.get("/agents/{id}/deletion", use: making.askToDelete)
        router.post("/agents/{id}/deletion", use: making.delete)
        router.post("/agents/{id}/tools", use: agents.setPolicies)

        let tools = ToolPages(desk: desk)
        router.get("/tools", use: tools.list)
        router.post("/tools/policies", use: tools.setLevels)
        router.get("/tools/{id}", use: tools.show)
        router.post("/tools/{id}/policy", use: tools.setPolicy)

        let instructions = InstructionsPage(desk: desk)
        router.get("/instructions", use: instructions.show)
        router.post("/instructions", use: instructions.save)

        let usage = UsagePage(desk: desk)
        router.get("/usage", use: usage.show)
        router.get("/usage/export", use: usage.download)

        let budgets = BudgetPages(desk: desk)
        router.get("/budgets", use: budgets.list)
        router.get("/budgets/new", use: budgets.new)
        router.post("/budgets", use: budgets.create)
        router.get("/budgets/{id}", use: budgets.edit)
        router.post("/budgets/{id}", use: budgets.save)
        router.get("/budgets/{id}/deletion", use: budgets.askToDelete)
        router.post("/budgets/{id}/deletion", use: budgets.delete)

        let settings = SettingsPage(desk: desk)
        router.get("/settings", use: settings.show)
        router.post("/settings/profile", use: settings.saveProfile)
        router.post("/settings/password", use: settings.changePassword)
        router.post("/settings/sessions/{id}/end", use: settings.endSession)

        let secrets = ToolSecretPages(settings: settings)
        router.post("/settings/secrets", use: secrets.add)
        router.post("/settings/secrets/{id}/deletion", use: secrets.delete)

        let users = UsersPage(desk: desk)
        router.get("/admin/users", use: users.show)
        router.post("/admin/users/{id}/approval", use: users.approve)
        router.post("/admin/registration", use: users.setRegistration)

        let files = AssetRoutes(assets: assets)
        router.get("/assets/{name}", use: files.serve)
        router.get("/favicon.ico", use: files.favicon)
    }
}
