import Engine
import Foundation
import HTTPTypes
import Hummingbird
import Storage

/// Renaming, tagging, pinning, archiving and deleting a conversation.
struct ConversationEditPages: Sendable {
    let desk: Desk

    /// Pins, archives, or takes either back.
    func mark(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let id = try context.identifier("id")
        let form = try await request.decodeForm()
        let pinned = form.has("pinned") ? form["pinned"] == "1" : nil
        let archived = form.has("archived") ? form["archived"] == "1" : nil
        guard pinned != nil || archived != nil else { throw WebError(.badRequest, "Nothing to change.") }
        let changed = try await desk.store.updateConversation(
            id,
            title: nil,
            isPinned: pinned,
            isArchived: archived,
            tags: nil,
            by: identity.principal
        )
        guard changed != nil else { throw WebError.notFound }
        let done: Done =
            if let pinned { pinned ? .pinned : .unpinned } else { archived == true ? .archived : .unarchived }
        return .redirect(to: archived == true ? "/conversations" : "/conversations/\(id.text)", done: done)
    }

    func edit(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let conversation = try await conversation(context, identity: identity)
        return try page(
            request,
            context: context,
            conversation: conversation,
            title: conversation.ownTitle,
            tags: conversation.tags.joined(separator: ", ")
        )
    }

    func save(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let conversation = try await conversation(context, identity: identity)
        let voice = try desk.voice(context)
        let form = try await request.decodeForm()
        let title = form.trimmed("title")
        let tags = Self.tags(form["tags"])
        var errors = FormErrors()
        if title.isEmpty { errors.add("title", voice.words["conversation.titleEmpty"]) }
        if title.count > 200 { errors.add("title", voice.words["conversation.titleTooLong"]) }
        if tags.count > 10 || tags.contains(where: { $0.count > 30 }) {
            errors.add("tags", voice.words["conversation.tagsTooMany"])
        }
        guard errors.isEmpty else {
            let typed = form["tags"]
            return try page(
                request,
                context: context,
                conversation: conversation,
                title: title,
                tags: typed,
                errors: errors
            )
        }
        let saved = try await desk.store.updateConversation(
            conversation.id,
            title: title,
            isPinned: nil,
            isArchived: nil,
            tags: tags,
            by: identity.principal
        )
        guard saved != nil else { throw WebError.notFound }
        return .redirect(to: "/conversations/\(conversation.id.text)", done: .renamed)
    }

    func askToDelete(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let conversation = try await conversation(context, identity: identity)
        let voice = try desk.voice(context)
        let own = conversation.ownTitle
        let title = own.isEmpty ? voice.words["conversations.untitled"] : own
        let question = voice.words("conversation.deleteQuestion", ["title": title])
        return try desk.askToDelete(
            question,
            text: voice.words.count("conversation.deleteText", conversation.messageCount),
            .conversations,
            action: "/conversations/\(conversation.id.text)/deletion",
            back: "/conversations/\(conversation.id.text)",
            request: request,
            context: context
        )
    }

    func delete(_ request: Request, context: WebContext) async throws -> Response {
        let isDeleted = try await desk.services.deleteConversation(
            context.identifier("id"),
            by: try context.signedIn().principal,
            address: context.remoteAddress
        )
        guard isDeleted else { throw WebError.notFound }
        return .redirect(to: "/conversations", done: .deleted)
    }

    private func conversation(_ context: WebContext, identity: Identity) async throws -> Conversation {
        let found = try await desk.store.conversation(context.identifier("id"), by: identity.principal)
        guard let found else { throw WebError.notFound }
        return found
    }

    private func page(
        _ request: Request,
        context: WebContext,
        conversation: Conversation,
        title: String,
        tags: String,
        errors: FormErrors = FormErrors()
    ) throws -> Response {
        let voice = try desk.voice(context)
        let name = voice.words["conversation.rename"]
        let view = ConversationEditView(
            page: desk.frame(name, .conversations, request: request, context: context, voice: voice),
            address: "/conversations/\(conversation.id.text)",
            title: conversation.ownTitle,
            name: title,
            tags: tags,
            errors: errors,
            voice: voice
        )
        return try desk.page(view, context: context, status: errors.isEmpty ? .ok : .unprocessableContent)
    }

    /// Words with commas between them, Western or Chinese ones; each once.
    private static func tags(_ text: String) -> [String] {
        let words = text.split(whereSeparator: { ",，、".contains($0) }).map {
            $0.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        return words.reduce(into: []) { if !$1.isEmpty, !$0.contains($1) { $0.append($1) } }
    }
}
