import Engine
import Foundation
import Hummingbird
import Markdown
import Storage

/// One run by itself, and two beside each other.
struct RunPage: Sendable {
    let desk: Desk

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let voice = try desk.voice(context)
        let choices = try await desk.choices(by: identity.principal)
        let story = try await story(context.identifier("id"), identity)
        let header = RunHeader(story, choices: choices, voice: voice)
        let canFork = story.run.parentRunID == nil && story.run.state.isFinal
        let view = RunView(
            page: desk.frame(header.title, .conversations, request: request, context: context, voice: voice),
            header: header,
            steps: StepView.all(of: story, canFork: canFork, voice: voice),
            html: MarkdownRenderer.html(story.text),
            forkAddress: canFork ? "/runs/\(story.run.id.text)/fork" : nil,
            compareAddress: story.record.forkedFrom.map { "/runs/\($0.text)/compare/\(story.run.id.text)" }
        )
        return try desk.page(view, context: context)
    }

    func compare(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let voice = try desk.voice(context)
        let choices = try await desk.choices(by: identity.principal)
        let stories = [
            try await story(context.identifier("id"), identity), try await story(context.identifier("other"), identity),
        ]
        let title = voice.words["compare.title"]
        let view = CompareView(
            page: desk.frame(title, .conversations, request: request, context: context, voice: voice),
            sides: stories.map { story in
                CompareView.Side(
                    header: RunHeader(story, choices: choices, voice: voice),
                    steps: StepView.all(of: story, canFork: false, voice: voice)
                )
            },
            lines: LineDifference.lines(stories[0].text, stories[1].text)
        )
        return try desk.page(view, context: context)
    }

    private func story(_ id: UUID, _ identity: Identity) async throws -> RunStory {
        guard let story = try await desk.store.story(of: id, by: identity.principal) else { throw WebError.notFound }
        return story
    }
}
