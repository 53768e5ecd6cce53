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
        let number = request.pageNumber
        let found = try await desk.store.conversations(
            search: query.isEmpty ? nil : query,
            isArchived: isArchive,
            page: Page(number: number, size: Self.size),
            by: identity.principal
        )
        let pager = Pager(number: number, size: Self.size, total: found.total, voice: voice) {
            Self.address(page: $0, query: query, isArchive: isArchive)
        }
        let view = ConversationsView(
            page: desk.frame(
                voice.words["conversations.title"],
                .conversations,
                request: request,
                context: context,
                voice: voice
            ),
            rows: found.items.map { ConversationRow($0, voice: voice) },
            query: query,
            isArchive: isArchive,
            total: found.total,
            pager: pager,
            voice: voice
        )
        return try desk.page(view, context: context)
    }

    private static func address(page: Int, query: String, isArchive: Bool) -> String {
        var address = "/conversations?page=\(page)"
        if isArchive { address += "&archived=1" }
        return query.isEmpty ? address : address + "&q=" + percentEncoded(query)
    }
}
