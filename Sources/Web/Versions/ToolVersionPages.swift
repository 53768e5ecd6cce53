import Engine
import Foundation
import Hummingbird
import Storage

/// The versions of a tool that somebody made: how one differs from what holds, and the way back to it.
struct ToolVersionPages: Sendable {
    let desk: Desk

    /// For all who see the tool.
    func show(_ request: Request, context: WebContext) async throws -> Response {
        try await page(request, context: context)
    }

    /// Gives it again as a new one, unless there is a newer one than the person has seen: then they see what that would undo,
    /// and decide.
    func restore(_ request: Request, context: WebContext) async throws -> Response {
        let (principal, tool, _) = try await known(context)
        guard try await desk.store.mayChange(tool, by: principal) else { throw WebError.notFound }
        do {
            let restored = try await desk.store.restoreTool(
                tool.id,
                version: context.version(),
                at: request.seenVersion(),
                by: principal,
                address: context.remoteAddress
            )
            guard restored != nil else { throw WebError.notFound }
            return .redirect(to: "/tools/\(tool.id.text)", done: .saved)
        } catch let error as StorageError where error.code == .changed {
            return try await page(request, context: context, isOvertaken: true)
        }
    }

    private func page(_ request: Request, context: WebContext, isOvertaken: Bool = false) async throws -> Response {
        let (principal, tool, present) = try await known(context)
        guard let kept = try await desk.store.toolVersion(context.version(), of: tool.id, by: principal) else {
            throw WebError.notFound
        }
        let voice = try desk.voice(context)
        let title = voice.words("version.title", ["n": String(kept.version), "name": tool.name])
        let view = VersionView(
            page: desk.frame(title, .agents, request: request, context: context, voice: voice),
            of: .init(
                list: voice.words["tools.title"],
                listAddress: "/tools",
                name: tool.name,
                address: "/tools/\(tool.id.text)",
                version: Int(tool.version) ?? 0,
                mayChange: try await desk.store.mayChange(tool, by: principal)
            ),
            kept,
            parts: VersionView.Part.all(kept.draft.parts(voice.words), present.parts(voice.words)),
            isOvertaken: isOvertaken,
            voice: voice
        )
        return try desk.page(view, context: context, status: isOvertaken ? .conflict : .ok)
    }

    /// One that nobody made here has no versions.
    private func known(_ context: WebContext) async throws -> (Principal, ToolRecord, ToolDraft) {
        let principal = try context.signedIn().principal
        guard let tool = try await desk.store.tool(context.identifier("id"), by: principal), let present = tool.draft
        else { throw WebError.notFound }
        return (principal, tool, present)
    }
}
