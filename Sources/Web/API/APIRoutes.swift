import HTTPTypes
import Hummingbird

/// The site map of the JSON API: every call that there is, by what it is about.
struct APIRoutes: Sendable {
    let services: WebServices
    let endpoints: [Endpoint]

    init(services: WebServices) {
        self.services = services
        endpoints = Self.endpoints(services)
    }

    @EndpointBuilder private static func endpoints(_ services: WebServices) -> [Endpoint] {
        AccountRoutes(services: services).endpoints
        RegistrationRoutes(services: services).endpoints
        ProfileRoutes(services: services).endpoints
        PasswordRoutes(services: services).endpoints
        SignInRoutes(services: services).endpoints
        UserRoutes(services: services).endpoints
        OrganisationRoutes(services: services).endpoints
        InvitationRoutes(services: services).endpoints
        OrganisationDeletionRoutes(services: services).endpoints
        ConversationRoutes(services: services).endpoints
        VariableRoutes(services: services).endpoints
        MessageRoutes(services: services).endpoints
        MessageSearchRoutes(services: services).endpoints
        BranchRoutes(services: services).endpoints
        PendingMessageRoutes(services: services).endpoints
        RunRoutes(services: services).endpoints
        ForkRoutes(services: services).endpoints
        StreamRoutes(services: services).endpoints
        SocketRoutes(services: services).endpoints
        ApprovalRoutes(services: services).endpoints
        FileRoutes(services: services).endpoints
        WorkspaceRoutes(services: services).endpoints
        AgentRoutes(services: services).endpoints
        AgentVersionRoutes(services: services).endpoints
        AgentFileRoutes(services: services).endpoints
        ToolRoutes(services: services).endpoints
        AgentNetworkRoutes(services: services).endpoints
        ToolLibraryRoutes(services: services).endpoints
        CustomToolRoutes(services: services).endpoints
        ToolVersionRoutes(services: services).endpoints
        ToolPolicyRoutes(services: services).endpoints
        ToolSecretRoutes(services: services).endpoints
        SkillRoutes(services: services).endpoints
        SkillVersionRoutes(services: services).endpoints
        ProviderRoutes(services: services).endpoints
        ModelRoutes(services: services).endpoints
        UsageRoutes(services: services).endpoints
        BudgetRoutes(services: services).endpoints
        APIKeyRoutes(services: services).endpoints
        MCPRoutes(services: services).endpoints
        InstructionRoutes(services: services).endpoints
        RunListRoutes(services: services).endpoints
        AuditRoutes(services: services).endpoints
        HealthRoutes(services: services).endpoints
        InstanceRoutes(services: services).endpoints
        BackupRoutes(services: services).endpoints
        SearchSettingRoutes(services: services).endpoints
        OpenAIRoutes(services: services).endpoints
        MCPEndpoint(services: services).endpoints
    }

    func add(to router: Router<WebContext>) {
        addEndpoints(to: router)
        let reference = OpenAPIRoute(document: OpenAPIDocument(endpoints: endpoints, settings: services.settings))
        router.get("/openapi.json", use: reference.show)
    }

    func addEndpoints(to router: Router<WebContext>) {
        for endpoint in endpoints {
            let reading = endpoints.first { $0.isReading(of: endpoint) }?.handler
            let door = EndpointDoor(endpoint: endpoint, services: services, reading: reading)
            router.on(RouterPath(endpoint.routerPath), method: endpoint.method) {
                try await door.answer($0, context: $1)
            }
        }
    }

    /// What the address of the API takes, for `Allow`.
    func methods(at path: String) -> [HTTPRequest.Method] {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let fitting = endpoints.filter { endpoint in
            let names = endpoint.path.split(separator: "/", omittingEmptySubsequences: false)
            return names.count == parts.count && zip(names, parts).allSatisfy { $0 == $1 || $0.hasPrefix("{") }
        }
        let fewest = fitting.map(\.parameters.count).min()
        let methods = fitting.filter { $0.parameters.count == fewest }.map(\.method)
        return methods.contains(.get) ? [.head] + methods : methods
    }
}
