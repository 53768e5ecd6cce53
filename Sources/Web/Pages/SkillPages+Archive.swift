import Engine
import Foundation
import Hummingbird
import Storage

// Skills as folders in zip archives.
extension SkillPages {
    func upload(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try await maker(context)
        let (_, file) = try await request.decodeFormWithFile(upTo: SkillArchive.largest, context: context)
        var errors = FormErrors()
        do {
            let made = try await desk.services.createSkill(
                try archive(file, context),
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

    /// Puts a folder in its place, unless somebody else has saved it since the form was opened.
    func replace(_ request: Request, context: WebContext) async throws -> Response {
        let (identity, skill) = try await own(context)
        let (form, file) = try await request.decodeFormWithFile(upTo: SkillArchive.largest, context: context)
        let opened = Int(form["version"])
        var errors = FormErrors()
        do {
            let changed = try await desk.services.updateSkill(
                skill.id,
                try archive(file, context),
                at: opened,
                by: identity.principal,
                address: context.remoteAddress
            )
            guard changed != nil else { throw WebError.notFound }
            return .redirect(to: "/skills/\(skill.id.text)", done: .saved)
        } catch let error as StorageError where error.code == .changed {
            return try await overtakenUpload(since: opened, request, context: context)
        } catch {
            try refuse(error, &errors, voice: desk.voice(context))
        }
        // The text is as it is now; the archive still goes into what its form was opened with.
        var draft = SkillView.Draft(skill)
        draft.uploadVersion = opened
        return try await page(request, context: context, skill: skill, draft: draft, mayChange: true, errors: errors)
    }

    func download(_ request: Request, context: WebContext) async throws -> Response {
        let (skill, _) = try await known(context)
        return try await desk.services.archive(of: skill, by: context.signedIn().principal, context: context)
    }

    private func archive(_ file: SentFile?, _ context: WebContext) throws -> SkillArchive {
        guard let file else { throw SkillArchive.Refusal(message: try desk.voice(context).words["skills.noFile"]) }
        return try SkillArchive(unpacking: file.bytes)
    }
}
