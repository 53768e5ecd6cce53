import Engine
import Foundation
import HTTPTypes
import Hummingbird
import Storage

/// Going on from a step of a run, with something changed.
struct ForkPage: Sendable {
    let desk: Desk

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let origin = try await origin(context, identity, step: Int(request.query("step")))
        return try await page(origin, typed: nil, problem: nil, request, context, identity)
    }

    func save(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let typed = ForkForm(try await request.decodeForm())
        let origin = try await origin(context, identity, step: typed.step)
        let voice = try desk.voice(context)
        do {
            let start = try await start(typed, origin, identity.principal)
            guard let start else { throw WebError.notFound }
            if start.isNew { desk.services.runQueued() }
            return .redirect(to: "/conversations/\(start.run.conversationID.text)#end")
        } catch let error as StorageError {
            guard let problem = error.turnProblem(voice) else { throw error }
            return try await page(origin, typed: typed, problem: problem, request, context, identity)
        }
    }

    /// A form that was changed after it had been sent is another fork.
    private func start(_ typed: ForkForm, _ origin: ForkOrigin, _ principal: Principal) async throws -> TurnStart? {
        let (run, changes) = (origin.story.run.id, typed.changes(from: origin))
        do {
            return try await desk.store.fork(run, after: origin.step, changes: changes, key: typed.key, by: principal)
        } catch let error as StorageError where error.code == .conflict("idempotency_key") {
            return try await desk.store.fork(run, after: origin.step, changes: changes, by: principal)
        }
    }

    /// The run as it was, up to the step: the last one that is finished where none is named. Tasks of other runs have no
    /// such page.
    private func origin(_ context: WebContext, _ identity: Identity, step: Int?) async throws -> ForkOrigin {
        let (store, principal) = (desk.store, identity.principal)
        guard let story = try await store.story(of: context.identifier("id"), by: principal),
            story.run.parentRunID == nil
        else { throw WebError.notFound }
        let finished = story.replay.finishedSteps
        let step = min(max(0, step ?? finished.count), finished.count)
        let fork = try? RunFork(of: story.run, story.replay, after: step, changes: RunChanges())
        guard let fork, let said = try await store.message(fork.question, in: story.run.conversationID, by: principal)
        else { throw WebError.notFound }
        let agent = try await store.agent(fork.agent, by: principal)
        return ForkOrigin(
            story: story,
            step: step,
            input: said.content,
            instruction: story.record.keptChanges.instruction ?? agent?.instruction ?? "",
            calls: step > 0 ? finished[step - 1].calls : [],
            results: step > 0 ? finished[step - 1].results : [:]
        )
    }

    private func page(
        _ origin: ForkOrigin,
        typed: ForkForm?,
        problem: (message: String, status: HTTPResponse.Status)?,
        _ request: Request,
        _ context: WebContext,
        _ identity: Identity
    ) async throws -> Response {
        let voice = try desk.voice(context)
        let choices = try await desk.choices(by: identity.principal)
        let title = voice.words["fork.title"]
        let view = ForkView(
            page: desk.frame(title, .conversations, request: request, context: context, voice: voice),
            origin: origin,
            typed: typed,
            problem: problem?.message,
            steps: StepView.all(of: origin.story, voice: voice),
            models: choices.again(model: typed?.model ?? "", voice: voice).models,
            voice: voice
        )
        return try desk.page(view, context: context, status: problem?.status ?? .ok)
    }
}

/// A run up to a step, as it was.
struct ForkOrigin: Sendable {
    let story: RunStory
    let step: Int
    let input: String
    let instruction: String
    /// Of that step.
    let calls: [ToolCall]
    let results: [String: RunReplay.Result]
}

/// What somebody wants different, as it was typed.
struct ForkForm: Sendable {
    let step: Int
    let input: String
    let instruction: String
    let model: String
    let key: String?
    private let form: Form

    init(_ form: Form) {
        self.form = form
        step = Int(form["step"]) ?? 0
        input = Self.plain(form["content"])
        instruction = Self.plain(form["instruction"])
        model = form["model_id"]
        key = form["key"].isEmpty ? nil : String(form["key"].prefix(100))
    }

    func result(of call: String) -> String { Self.plain(form["result.\(call)"]) }

    /// Only what is not as it was.
    func changes(from origin: ForkOrigin) -> RunChanges {
        RunChanges(
            input: !form.has("content") || input == Self.plain(origin.input) ? nil : input,
            toolResults: origin.calls.compactMap { call in
                let typed = result(of: call.id)
                let isSame = typed == Self.plain(origin.results[call.id]?.content ?? "")
                return isSame || !form.has("result.\(call.id)") ? nil : .init(callID: call.id, content: typed)
            },
            modelID: UUID(uuidString: model),
            instruction: !form.has("instruction") || instruction == Self.plain(origin.instruction) ? nil : instruction
        )
    }

    /// Browsers end lines their own way.
    /// Browsers send every end of a line in their own way.
    private static func plain(_ text: String) -> String {
        text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
    }
}
