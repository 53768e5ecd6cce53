import Engine
import Foundation
import Hummingbird
import Storage

/// Two runs beside each other.
struct ComparePage: Sendable {
    let desk: Desk

    func show(_ request: Request, context: WebContext) async throws -> Response {
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
                    steps: StepView.all(of: story, voice: voice)
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
