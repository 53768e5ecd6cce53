import Engine
import Foundation
import HTTPTypes
import Hummingbird
import Storage

/// Making an agent, changing one, and taking it away.
struct AgentMakingPages: Sendable {
    let desk: Desk

    /// `?from=` fills the form with what another agent is.
    func new(_ request: Request, context: WebContext) async throws -> Response {
        guard let id = UUID(uuidString: request.query("from")) else {
            return try await form(request, context: context, id: nil, draft: .init())
        }
        let principal = try context.signedIn().principal
        guard let known = try await desk.store.agent(id, by: principal),
            let definition = try await desk.store.agentDefinition(id, by: principal)
        else { throw WebError.notFound }
        let voice = try desk.voice(context)
        var arrival = try await desk.store.arrival(of: definition, by: principal)
        arrival.draft.displayName = voice.words("agents.copyName", ["name": known.title(voice: voice)])
        arrival.draft.name = arrival.draft.displayName
        (arrival.draft.isShared, arrival.draft.isActive) = (false, true)
        return try await form(request, context: context, id: nil, arrival: arrival, origin: AgentOrigin())
    }

    func create(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let sent = try await request.decodeForm()
        let origin = AgentOrigin(sent)
        var input = AgentInput(sent, voice: try desk.voice(context))
        do {
            let tools = try await desk.store.knownTools(by: identity.principal)
            input.checkSettings(of: tools, try desk.voice(context).words)
            if input.errors.isEmpty {
                let draft = input.agent(rest: origin.rest, tools: tools)
                let agent = try await desk.store.createAgent(draft, by: identity.principal)
                return .redirect(to: "/agents/\(agent.id.text)", done: .saved)
            }
        } catch let error as StorageError {
            try refuse(error, of: &input, voice: desk.voice(context))
        }
        return try await form(
            request,
            context: context,
            id: nil,
            draft: input.draft,
            origin: origin,
            errors: input.errors
        )
    }

    func edit(_ request: Request, context: WebContext) async throws -> Response {
        let draft = AgentTrialView.Draft(isStill: request.query("write") == "1")
        return try await edit(request, context: context, trial: draft)
    }

    /// The form of an agent as it is.
    func edit(_ request: Request, context: WebContext, trial: AgentTrialView.Draft) async throws -> Response {
        let (identity, id) = (try context.signedIn(), try context.identifier("id"))
        // The version comes first: the form may know more than it says, never less, and what comes between is found out.
        let version = try await desk.store.agent(id, by: identity.principal)?.version
        let agent = try await own(context)
        let tools = try await desk.store.tools(ofAgent: id, by: identity.principal) ?? []
        return try await form(
            request,
            context: context,
            id: id,
            draft: .init(agent, settings: tools.typedConfigurations),
            origin: AgentOrigin(version: version),
            trial: trial
        )
    }

    func save(_ request: Request, context: WebContext) async throws -> Response {
        if let refused = try await saved(try await request.decodeForm(), request, context: context) { return refused }
        return .redirect(to: "/agents/\(try context.identifier("id").text)", done: .saved)
    }

    /// Changes it, unless somebody else has since the form was opened: then nothing is lost, and the person decides. nil when
    /// that is done, else the form with what is wrong.
    func saved(_ sent: Form, _ request: Request, context: WebContext) async throws -> Response? {
        let (principal, id) = (try context.signedIn().principal, try context.identifier("id"))
        var origin = AgentOrigin(sent)
        var input = AgentInput(sent, voice: try desk.voice(context))
        do {
            if try await change(id, as: &input, from: origin, context) { return nil }
        } catch let error as StorageError where error.code == .conflict("version") {
            origin.isOvertaken = true
            origin.version = try await desk.store.agent(id, by: principal)?.version
        } catch let error as StorageError {
            try refuse(error, of: &input, voice: desk.voice(context))
        }
        return try await form(
            request,
            context: context,
            id: id,
            draft: input.draft,
            origin: origin,
            trial: .init(text: sent["trial"]),
            errors: input.errors
        )
    }

    /// The form as it was typed, neither saved nor judged.
    func unsaved(_ sent: Form, _ request: Request, context: WebContext) async throws -> Response {
        try await form(
            request,
            context: context,
            id: try context.identifier("id"),
            draft: AgentInput(sent, voice: try desk.voice(context)).draft,
            origin: AgentOrigin(sent),
            trial: .init(text: sent["trial"])
        )
    }

    /// False when something is wrong with what was typed, which `input` then says.
    private func change(
        _ id: UUID,
        as input: inout AgentInput,
        from origin: AgentOrigin,
        _ context: WebContext
    ) async throws -> Bool {
        let principal = try context.signedIn().principal
        let earlier = try await own(context)
        let tools = try await desk.store.knownTools(by: principal)
        input.checkSettings(of: tools, try desk.voice(context).words)
        guard input.errors.isEmpty else { return false }
        let saved = try await desk.store.updateAgent(
            id,
            input.agent(rest: origin.rest ?? .init(earlier), tools: tools),
            at: origin.version,
            restoring: origin.restoring,
            by: principal
        )
        guard saved != nil else { throw WebError.notFound }
        return true
    }

    func askToDelete(_ request: Request, context: WebContext) async throws -> Response {
        let agent = try await own(context)
        let voice = try desk.voice(context)
        let address = "/agents/\(try context.identifier("id").text)"
        let question = voice.words("agents.deleteQuestion", ["name": agent.displayName])
        return try desk.askToDelete(
            question,
            text: voice.words["agents.deleteText"],
            .agents,
            action: "\(address)/deletion",
            back: "\(address)/edit",
            request: request,
            context: context
        )
    }

    func delete(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let isDeleted = try await desk.services.deleteAgent(
            context.identifier("id"),
            by: identity.principal,
            address: context.remoteAddress
        )
        guard isDeleted else {
            throw WebError.notFound
        }
        return .redirect(to: "/agents", done: .deleted)
    }

    private func own(_ context: WebContext) async throws -> AgentDraft {
        let identity = try context.signedIn()
        guard let agent = try await desk.store.agentDraft(context.identifier("id"), by: identity.principal) else {
            throw WebError.notFound
        }
        return agent
    }

    /// What the store found out that the form could not know.
    private func refuse(_ error: StorageError, of input: inout AgentInput, voice: Voice) throws {
        var errors = FormErrors()
        try refuse(error, &errors, voice: voice)
        for error in errors.messages { input.add(error.field, error.message) }
    }

    func refuse(_ error: StorageError, _ errors: inout FormErrors, voice: Voice) throws {
        switch error.code {
        case .conflict("name"): errors.add("display_name", voice.words["agents.nameTaken"])
        case .invalid(let field): errors.add(field, voice.notAccepted(error.message))
        default: throw error
        }
    }

    /// Filled with a definition that is not the agent's present one.
    func form(
        _ request: Request,
        context: WebContext,
        id: UUID?,
        arrival: AgentArrival,
        origin: AgentOrigin,
        errors: FormErrors = FormErrors()
    ) async throws -> Response {
        let tools = try await desk.store.knownTools(by: context.signedIn().principal).map { tool in
            var tool = tool
            tool.configuration = arrival.draft.configurations[tool.name] ?? tool.configuration
            return tool
        }
        var origin = origin
        (origin.rest, origin.missing) = (.init(arrival.draft), arrival.missing)
        return try await form(
            request,
            context: context,
            id: id,
            draft: .init(arrival.draft, settings: tools.typedConfigurations),
            origin: origin,
            errors: errors
        )
    }

    private func form(
        _ request: Request,
        context: WebContext,
        id: UUID?,
        draft: AgentFormView.Draft,
        origin: AgentOrigin = AgentOrigin(),
        trial: AgentTrialView.Draft = .init(),
        errors: FormErrors = FormErrors()
    ) async throws -> Response {
        let identity = try context.signedIn()
        let voice = try desk.voice(context)
        let refusal: HTTPResponse.Status? =
            origin.isOvertaken
            ? .conflict : errors.isEmpty && trial.problem == nil ? nil : .unprocessableContent
        var trial = trial
        // A page that answers a form is not the one at its address: what was typed would go when it loads again.
        if request.method != .get || refusal != nil { trial.isStill = true }
        async let agents = desk.store.agentsToChoose(by: identity.principal)
        async let models = desk.store.models(llmID: nil, isActive: true, by: identity.principal)
        let tools = try await desk.store.knownTools(by: identity.principal)
        let offered = try await agents
        let colleagues = offered.items.filter { $0.id != id && $0.id != Agent.orchestratorID }
        let view = AgentFormView(
            page: desk.frame(
                id == nil ? voice.words["agents.new"] : draft.displayName,
                .agents,
                request: request,
                context: context,
                voice: voice
            ),
            id: id,
            draft: draft,
            origin: origin,
            offers: .init(
                colleagues: colleagues.map {
                    (name: $0.name, title: $0.title(voice: voice), about: $0.about(voice: voice))
                },
                models: try await models.filter(\.isForConversations),
                tools: tools,
                skills: try await desk.store.skills(by: identity.principal).map {
                    SkillNote(name: $0.skill.name, description: $0.skill.description)
                },
                isCut: offered.isCut
            ),
            trial: try await self.trial(of: id, draft: trial, context: context, voice: voice),
            errors: errors,
            voice: voice
        )
        return try desk.page(view, context: context, status: refusal ?? .ok)
    }
}

extension [AgentTool] {
    /// How they are used, by the names of the form's fields.
    fileprivate var typedConfigurations: [String: String] {
        reduce(into: [:]) { $0.merge($1.typedConfiguration) { first, _ in first } }
    }
}
