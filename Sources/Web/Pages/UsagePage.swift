import Engine
import Foundation
import Hummingbird
import Storage

/// What model calls have cost, by day, model, agent or person.
struct UsagePage: Sendable {
    let desk: Desk

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let voice = try desk.voice(context)
        let question = UsagePage.question(request)
        let sums = try await desk.store.usage(question, by: identity.principal)
        let view = UsageView(
            page: desk.frame(voice.words["usage.title"], .usage, request: request, context: context, voice: voice),
            question: question,
            sums: sums,
            isWhole: try await desk.store.leads(identity.principal),
            voice: voice
        )
        return try desk.page(view, context: context)
    }

    func download(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let question = UsagePage.question(request)
        let sums = try await desk.store.usage(question, by: identity.principal)
        return .csv(sums.csv(question.grouping), name: question.fileName)
    }

    /// An address that makes no sense shows the usual thirty days.
    private static func question(_ request: Request) -> UsageQuestion {
        let query = QueryReader(request)
        if let question = try? UsageQuestion(query) { return question }
        let now = Date()
        return UsageQuestion(
            grouping: UsageGrouping(rawValue: query.text("group_by") ?? "") ?? .day,
            from: now.addingTimeInterval(-29 * 86_400).utcDay,
            to: now.utcDay
        )
    }
}
