extension Templates {
    /// Every view: the start fails if one has no template.
    static let views: [String] = [
        ForgotView.template, ResetView.template, VerificationView.template, MailView.template,
        SignInView.template, RegisterView.template, SetUpView.template, HomeView.template,
        ConversationsView.template, ConversationView.template, ConversationEditView.template, MessageEditView.template,
        RunView.template, CompareView.template, ForkView.template, ConfirmationView.template, AnswerView.template,
        LiveLine.template, RunLine.template, QuestionsView.template, TalksView.template,
        ProvidersView.template, ProviderNewView.template, ProviderView.template, ProviderModelsView.template,
        ModelView.template, AgentsView.template, AgentView.template, SettingsView.template, UsersView.template,
        UserView.template, UserNewView.template, OrganisationsView.template, OrganisationView.template,
        AllOrganisationsView.template, JoinView.template,
        ErrorView.template, RequestsView.template, AgentFormView.template, BudgetView.template, BudgetsView.template,
        UsageView.template, PendingView.template, SaidView.template, ToolsView.template, ToolView.template,
        InstructionsView.template, ToolFormView.template, SkillsView.template, SkillView.template,
        MCPServersView.template, MCPServerView.template, MCPFormView.template,
        ReferenceView.template, ReferenceChapterView.template, ReferenceCallView.template,
        APIKeysView.template, MCPAuthoriseView.template, SearchView.template, AdminView.template, HealthView.template,
        InstanceView.template, BackupView.template,
        AuditView.template, ToolCallsView.template, RunListView.template, VersionView.template,
        AgentImportView.template,
    ]
}
