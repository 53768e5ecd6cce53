import Engine
import Hummingbird
import Storage

/// One run by itself: what it was to do, how it goes or went, what came of it.
struct RunPage: Sendable {
    let desk: Desk

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let voice = try desk.voice(context)
        var reader = ThreadReader(desk: desk, identity: identity, csrf: context.csrfToken, voice: voice)
        reader.isForRun = true
        async let rail = desk.recentRows(voice: voice, by: identity.principal)
        guard let run = try await desk.store.run(context.identifier("id"), by: identity.principal),
            let whole = try await desk.store.tree(of: run, by: identity.principal), let tree = whole.below(run.id),
            let conversation = try await desk.store.conversation(run.conversationID, by: identity.principal)
        else { throw WebError.notFound }
        let known = try await desk.choices(by: identity.principal)
        let item =
            run.state.isFinal
            ? ThreadItem(answer: try await reader.answer(of: run, agents: known))
            : ThreadItem(growing: try await reader.growing(run, agents: known))
        let told = RunView.Told(
            tree: tree,
            parent: whole.runs.first { $0.run.id == run.parentRunID },
            turn: whole.runs.first { $0.run.id == run.rootRunID },
            task: try await reader.task(of: run)?.task,
            conversation: conversation.ownTitle,
            forkedFrom: try await desk.store.runRecord(run.id, by: identity.principal)?.forkedFrom
        )
        var frame = desk.frame(told.title(voice), .conversations, request: request, context: context, voice: voice)
        frame.talks = TalksView(try await rail, voice: voice)
        return try desk.page(RunView(told, item: item, page: frame, voice: voice), context: context)
    }
}
