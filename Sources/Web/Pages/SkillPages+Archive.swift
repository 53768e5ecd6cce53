import Engine
import Foundation
import Hummingbird
import Storage

// Skills as folders in zip archives.
extension SkillPages {
    func upload(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try await maker(context)
        var errors = FormErrors()
        do {
            let made = try await desk.services.createSkill(
                try await archive(request, context),
                by: identity.principal,
                address: context.remoteAddress
            )
            guard let made else { throw WebError.notFound }
            return .redirect(to: "/skills/\(made.id.text)", done: .saved)
        } catch {
            try refuse(error, &errors, voice: desk.voice(context))
        }
        let draft = SkillView.Draft(text: Self.sample)
        return try await page(request, context: context, skill: nil, draft: draft, mayChange: true, errors: errors)
    }

    func replace(_ request: Request, context: WebContext) async throws -> Response {
        let (identity, skill) = try await own(context)
        var errors = FormErrors()
        do {
            let changed = try await desk.services.updateSkill(
                skill.id,
                try await archive(request, context),
                by: identity.principal,
                address: context.remoteAddress
            )
            guard changed != nil else { throw WebError.notFound }
            return .redirect(to: "/skills/\(skill.id.text)", done: .saved)
        } catch {
            try refuse(error, &errors, voice: desk.voice(context))
        }
        let draft = SkillView.Draft(text: skill.skill.markdown)
        return try await page(request, context: context, skill: skill, draft: draft, mayChange: true, errors: errors)
    }

    func download(_ request: Request, context: WebContext) async throws -> Response {
        let (skill, _) = try await known(context)
        return try await desk.services.archive(of: skill, by: context.signedIn().principal)
    }

    private func archive(_ request: Request, _ context: WebContext) async throws -> SkillArchive {
        let (_, file) = try await request.decodeFormWithFile(upTo: SkillArchive.largest, context: context)
        guard let file else { throw SkillArchive.Refusal(message: try desk.voice(context).words["skills.noFile"]) }
        return try SkillArchive(unpacking: file.bytes)
    }
}
