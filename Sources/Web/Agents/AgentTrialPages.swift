import Engine
import Foundation
import Hummingbird
import Storage

/// Trying an agent out beside its form. It answers as it is saved: what was typed into the form is saved first, as a version.
struct AgentTrialPages: Sendable {
    /// How long the end of a stopped answer is waited for, and after how much silence no longer.
    private static let (patience, silence) = (Duration.seconds(2), Duration.milliseconds(500))

    let making: AgentMakingPages

    private var desk: Desk { making.desk }

    func say(_ request: Request, context: WebContext) async throws -> Response {
        let id = try context.identifier("id")
        let sent = try await request.decodeForm()
        if let refused = try await making.saved(sent, request, context: context) { return refused }
        let form = TurnForm(trialOf: id, sent)
        guard let problem = try await start(form, of: id, context) else {
            return .redirect(to: "/agents/\(id.text)/edit#try")
        }
        return try await making.edit(request, context: context, trial: .init(text: form.text, problem: problem))
    }

    /// The words for what stands in the way; nil when it is said.
    private func start(_ form: TurnForm, of id: UUID, _ context: WebContext) async throws -> String? {
        let (principal, voice) = (try context.signedIn().principal, try desk.voice(context))
        if let problem = form.problem(voice) { return problem }
        guard let agent = try await desk.store.agent(id, by: principal) else { throw WebError.notFound }
        let title = voice.words("trial.of", ["name": agent.displayName])
        let talk = try await desk.store.beginTest(of: id, title: String(title.prefix(100)), by: principal)
        guard let talk else { throw WebError.notFound }
        do {
            let begun = try await desk.services.start(form, in: talk.id, by: principal)
            guard begun != nil else { throw WebError.notFound }
            return nil
        } catch let error as StorageError {
            guard let problem = error.turnProblem(voice) else { throw error }
            return problem.message
        }
    }

    /// Stops the answer that grows. What was typed is neither saved nor lost: the form comes back as it is.
    func stop(_ request: Request, context: WebContext) async throws -> Response {
        let (principal, id) = (try context.signedIn().principal, try context.identifier("id"))
        let sent = try await request.decodeForm()
        guard try await desk.store.agentDraft(id, by: principal) != nil else { throw WebError.notFound }
        if let talk = try await desk.store.testConversation(of: id, by: principal) {
            for run in try await desk.store.activeRuns(in: talk.id, by: principal) {
                try await desk.services.cancel(run.id, by: principal)
                // It is stopped, whether that can be seen or not: what was typed comes back in any case.
                try? await seeEnd(of: run)
            }
        }
        return try await making.unsaved(sent, request, context: context)
    }

    /// For a moment: a page that holds what was typed does not load again to show the end.
    private func seeEnd(of run: Run) async throws {
        let last = ContinuousClock.now + Self.patience
        let log = desk.services.hub.watch(run: run.id, after: 0, from: desk.store, tick: Self.silence)
        for try await events in log where events.isEmpty || ContinuousClock.now >= last { return }
    }

    /// Forgets what was said, and stops what is being said.
    func delete(_ request: Request, context: WebContext) async throws -> Response {
        let (principal, id) = (try context.signedIn().principal, try context.identifier("id"))
        guard let talk = try await desk.store.testConversation(of: id, by: principal),
            try await desk.services.deleteConversation(talk.id, by: principal, address: context.remoteAddress)
        else { throw WebError.notFound }
        return .redirect(to: "/agents/\(id.text)/edit", done: .deleted, anchor: "try")
    }
}

extension AgentMakingPages {
    /// How many messages of the trial are shown beside the form.
    private static let trialSize = 20

    /// nil for an agent that is not there yet.
    func trial(
        of id: UUID?,
        draft: AgentTrialView.Draft,
        context: WebContext,
        voice: Voice
    ) async throws -> AgentTrialView? {
        let identity = try context.signedIn()
        guard let id, let agent = try await desk.store.agent(id, by: identity.principal) else { return nil }
        let reader = ThreadReader(desk: desk, identity: identity, csrf: context.csrfToken, voice: voice)
        let choices = try await desk.choices(by: identity.principal)
        let known = try await desk.store.testConversation(of: agent.id, by: identity.principal)
        var talk = AgentTrialView.Talk(pending: PendingView([], csrf: context.csrfToken, voice: voice))
        if let known {
            let thread = try await reader.thread(
                of: known.id,
                before: nil,
                limit: Self.trialSize,
                agents: choices
            )
            talk.conversation = known.id
            talk.items = thread?.items ?? []
            talk.pending = thread?.pending ?? talk.pending
            talk.canStop = thread?.activeRun.map { $0.state != .stopping } ?? false
        }
        let notice = choices.needsModel ? voice.words["conversation.noModel"] : nil
        return AgentTrialView(agent: agent.id, talk: talk, draft: draft, notice: notice)
    }
}
