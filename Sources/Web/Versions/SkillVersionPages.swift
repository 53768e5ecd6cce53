import Engine
import Foundation
import Hummingbird
import Storage

/// The versions of a skill: how one differs from what holds, and the way back to it.
struct SkillVersionPages: Sendable {
    let skills: SkillPages

    private var desk: Desk { skills.desk }

    /// For all who see the skill.
    func show(_ request: Request, context: WebContext) async throws -> Response {
        try await page(request, context: context)
    }

    /// Gives it again as a new one, unless there is a newer one than the person has seen: then they see what that would undo,
    /// and decide.
    func restore(_ request: Request, context: WebContext) async throws -> Response {
        let (identity, skill) = try await skills.own(context)
        do {
            let restored = try await desk.store.restoreSkill(
                skill.id,
                version: context.version(),
                at: request.seenVersion(),
                by: identity.principal,
                address: context.remoteAddress
            )
            guard restored != nil else { throw WebError.notFound }
            return .redirect(to: "/skills/\(skill.id.text)", done: .saved)
        } catch let error as StorageError where error.code == .changed {
            return try await page(request, context: context, isOvertaken: true)
        }
    }

    private func page(_ request: Request, context: WebContext, isOvertaken: Bool = false) async throws -> Response {
        let (skill, mayChange) = try await skills.known(context)
        let principal = try context.signedIn().principal
        guard let kept = try await desk.store.skillVersion(context.version(), of: skill.id, by: principal),
            let present = try await desk.store.skillVersion(skill.version, of: skill.id, by: principal)
        else { throw WebError.notFound }
        let voice = try desk.voice(context)
        let title = voice.words("version.title", ["n": String(kept.version), "name": skill.skill.name])
        let view = VersionView(
            page: desk.frame(title, .agents, request: request, context: context, voice: voice),
            of: .init(
                list: voice.words["skills.title"],
                listAddress: "/skills",
                name: skill.skill.name,
                address: "/skills/\(skill.id.text)",
                version: skill.version,
                mayChange: mayChange
            ),
            kept,
            parts: VersionView.Part.all(kept.draft.parts(voice.words), present.draft.parts(voice.words)),
            isOvertaken: isOvertaken,
            voice: voice
        )
        return try desk.page(view, context: context, status: isOvertaken ? .conflict : .ok)
    }
}
