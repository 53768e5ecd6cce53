import Engine
import Foundation
import Hummingbird
import Storage

/// The list of conversations: current ones or the archive, searched or not.
struct ConversationListPage: Sendable {
    static let size = 30

    let desk: Desk

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let voice = try desk.voice(context)
        let query = String(request.query("q").prefix(200)).trimmingCharacters(in: .whitespacesAndNewlines)
        let isArchive = request.query("archived") == "1"
        let cursor = ConversationCursor(text: request.query("after"))
        let found = try await desk.store.conversations(
            after: cursor,
            limit: Self.size,
            search: query.isEmpty ? nil : query,
            isArchived: isArchive,
            by: identity.principal
        )
        func address(_ after: ConversationCursor?) -> String {
            Self.address(after: after, query: query, isArchive: isArchive)
        }
        let pager = Pager(newest: cursor == nil ? nil : address(nil), older: found.next.map { address($0) })
        let view = ConversationsView(
            page: desk.frame(
                voice.words["conversations.title"],
                .conversations,
                request: request,
                context: context,
                voice: voice
            ),
            rows: found.items.map { ConversationRow($0, voice: voice) },
            hits: cursor == nil
                ? try await hits(of: query, isArchive, request, by: identity.principal, voice: voice) : nil,
            query: query,
            isArchive: isArchive,
            pager: pager,
            voice: voice
        )
        return try desk.page(view, context: context)
    }

    /// What was said in all conversations, put away or not; nil where nothing is looked for or found.
    private func hits(
        of query: String,
        _ isArchive: Bool,
        _ request: Request,
        by principal: Principal,
        voice: Voice
    ) async throws -> MessageHitsView? {
        guard !query.isEmpty else { return nil }
        let page = Page(number: Int(request.query("messages")) ?? 1, size: 20)
        async let found = desk.store.searchMessages(MessageQuestion(text: query), page: page, by: principal)
        let choices = try await desk.choices(by: principal)
        return MessageHitsView(try await found, names: { choices.name(of: $0, voice: voice) }, voice: voice) {
            Self.address(after: nil, query: query, isArchive: isArchive) + "&messages=\($0)#messages"
        }
    }

    private static func address(after cursor: ConversationCursor?, query: String, isArchive: Bool) -> String {
        let parts = [
            isArchive ? "archived=1" : nil, query.isEmpty ? nil : "q=" + percentEncoded(query),
            cursor.map { "after=" + $0.text },
        ].compactMap { $0 }
        return parts.isEmpty ? "/conversations" : "/conversations?" + parts.joined(separator: "&")
    }
}
