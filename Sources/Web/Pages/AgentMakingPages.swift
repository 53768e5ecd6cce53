import Engine
import Foundation
import Hummingbird
import Storage

/// Making an agent, changing one, and taking it away.
struct AgentMakingPages: Sendable {
    let desk: Desk

    func new(_ request: Request, context: WebContext) async throws -> Response {
        try await form(request, context: context, id: nil, draft: .init())
    }

    func create(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        var input = AgentInput(try await request.decodeForm(), voice: try desk.voice(context))
        do {
            let tools = try await desk.store.knownTools(by: identity.principal)
            input.checkSettings(of: tools, try desk.voice(context).words)
            if input.errors.isEmpty {
                let agent = try await desk.store.createAgent(input.agent(tools: tools), by: identity.principal)
                _ = try await desk.store.setSkills(input.draft.skills.sorted(), of: agent.id, by: identity.principal)
                return .redirect(to: "/agents/\(agent.id.text)", done: .saved)
            }
        } catch let error as StorageError {
            try refuse(error, of: &input, voice: desk.voice(context))
        }
        return try await form(request, context: context, id: nil, draft: input.draft, errors: input.errors)
    }

    func edit(_ request: Request, context: WebContext) async throws -> Response {
        let (identity, id) = (try context.signedIn(), try context.identifier("id"))
        let agent = try await own(context)
        let tools = try await desk.store.tools(ofAgent: id, by: identity.principal) ?? []
        let settings = tools.reduce(into: [:]) { $0.merge($1.typedConfiguration) { first, _ in first } }
        let skills = Set(try await desk.store.skills(ofAgent: id, by: identity.principal))
        let draft = AgentFormView.Draft(agent, settings: settings, skills: skills)
        return try await form(request, context: context, id: id, draft: draft)
    }

    func save(_ request: Request, context: WebContext) async throws -> Response {
        let (identity, id) = (try context.signedIn(), try context.identifier("id"))
        let earlier = try await own(context)
        var input = AgentInput(try await request.decodeForm(), voice: try desk.voice(context))
        do {
            let tools = try await desk.store.knownTools(by: identity.principal)
            input.checkSettings(of: tools, try desk.voice(context).words)
            if input.errors.isEmpty {
                let draft = input.agent(earlier: earlier, tools: tools)
                guard try await desk.store.updateAgent(id, draft, by: identity.principal) != nil else {
                    throw WebError.notFound
                }
                _ = try await desk.store.setSkills(input.draft.skills.sorted(), of: id, by: identity.principal)
                return .redirect(to: "/agents/\(id.text)", done: .saved)
            }
        } catch let error as StorageError {
            try refuse(error, of: &input, voice: desk.voice(context))
        }
        return try await form(request, context: context, id: id, draft: input.draft, errors: input.errors)
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
        guard try await desk.store.deleteAgent(context.identifier("id"), by: identity.principal) else {
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
        switch error.code {
        case .conflict("name"): input.add("display_name", voice.words["agents.nameTaken"])
        case .invalid(let field): input.add(field, voice.words("form.notAccepted", ["reason": error.message]))
        default: throw error
        }
    }

    private func form(
        _ request: Request,
        context: WebContext,
        id: UUID?,
        draft: AgentFormView.Draft,
        errors: FormErrors = FormErrors()
    ) async throws -> Response {
        let identity = try context.signedIn()
        let voice = try desk.voice(context)
        let page = Page(number: 1, size: 100)
        async let agents = desk.store.agents(type: nil, status: nil, page: page, by: identity.principal)
        async let models = desk.store.models(llmID: nil, isActive: true, by: identity.principal)
        let tools = try await desk.store.knownTools(by: identity.principal)
        let colleagues = try await agents.items.filter { $0.id != id && $0.id != Agent.orchestratorID }
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
            offers: .init(
                colleagues: colleagues.map {
                    (name: $0.name, title: $0.title(voice: voice), about: $0.about(voice: voice))
                },
                models: try await models.filter(\.isForConversations),
                tools: tools,
                skills: try await desk.store.skills(by: identity.principal).map {
                    SkillNote(name: $0.skill.name, description: $0.skill.description)
                }
            ),
            errors: errors,
            voice: voice
        )
        return try desk.page(view, context: context, status: errors.isEmpty ? .ok : .unprocessableContent)
    }
}
