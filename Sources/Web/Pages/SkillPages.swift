import Engine
import Foundation
import HTTPTypes
import Hummingbird
import Storage

/// Skills, to be read, made and changed.
struct SkillPages: Sendable {
    let desk: Desk

    static let sample = "---\nname: \ndescription: \n---\n\n"

    func list(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let voice = try desk.voice(context)
        let view = SkillsView(
            page: desk.frame(voice.words["skills.title"], .agents, request: request, context: context, voice: voice),
            skills: try await desk.store.skills(by: identity.principal),
            mayMake: try await desk.store.makesTools(identity.principal)
        )
        return try desk.page(view, context: context)
    }

    func new(_ request: Request, context: WebContext) async throws -> Response {
        _ = try await maker(context)
        return try await page(request, context: context, skill: nil, draft: .init(text: Self.sample), mayChange: true)
    }

    func create(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try await maker(context)
        let form = try await request.decodeForm()
        let text = form["skill_md"].unixLines
        var errors = FormErrors()
        do {
            let skill = try SkillText(parsing: text)
            let made = try await desk.services.createSkill(
                SkillArchive(text: skill, files: []),
                by: identity.principal,
                address: context.remoteAddress
            )
            guard let made else { throw WebError.notFound }
            return .redirect(to: "/skills/\(made.id.text)", done: .saved)
        } catch let error {
            try refuse(error, &errors, voice: desk.voice(context))
        }
        return try await page(
            request,
            context: context,
            skill: nil,
            draft: .init(text: text),
            mayChange: true,
            errors: errors
        )
    }

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let (skill, mayChange) = try await known(context)
        let draft = SkillView.Draft(skill)
        return try await page(request, context: context, skill: skill, draft: draft, mayChange: mayChange)
    }

    /// Changes it, unless somebody else has since the form was opened.
    func save(_ request: Request, context: WebContext) async throws -> Response {
        let (identity, skill) = try await own(context)
        let form = try await request.decodeForm()
        let draft = SkillView.Draft(text: form["skill_md"].unixLines, version: Int(form["version"]))
        var errors = FormErrors()
        do {
            let changed = try await desk.services.updateSkill(
                skill.id,
                SkillArchive(text: SkillText(parsing: draft.text), files: nil),
                at: draft.version,
                by: identity.principal,
                address: context.remoteAddress
            )
            guard changed != nil else { throw WebError.notFound }
            return .redirect(to: "/skills/\(skill.id.text)", done: .saved)
        } catch let error as StorageError where error.code == .changed {
            return try await overtaken(draft, request, context: context)
        } catch let error {
            try refuse(error, &errors, voice: desk.voice(context))
        }
        return try await page(request, context: context, skill: skill, draft: draft, mayChange: true, errors: errors)
    }

    func putFile(_ request: Request, context: WebContext) async throws -> Response {
        let (identity, skill) = try await own(context)
        let form = try await request.decodeForm()
        var draft = SkillView.Draft(skill)
        (draft.path, draft.content) = (form.trimmed("path"), form["content"].unixLines)
        var errors = FormErrors()
        do {
            let file = Skill.File(path: draft.path, content: Array(draft.content.utf8))
            let isPut = try await desk.store.putFile(
                file,
                of: skill.id,
                by: identity.principal,
                address: context.remoteAddress
            )
            guard isPut else { throw WebError.notFound }
            return .redirect(to: "/skills/\(skill.id.text)", done: .saved, anchor: "files")
        } catch let error {
            try refuse(error, &errors, voice: desk.voice(context))
        }
        return try await page(request, context: context, skill: skill, draft: draft, mayChange: true, errors: errors)
    }

    func deleteFile(_ request: Request, context: WebContext) async throws -> Response {
        let (identity, skill) = try await own(context)
        let path = try await request.decodeForm()["path"]
        let isDeleted = try await desk.store.deleteFile(
            path,
            of: skill.id,
            by: identity.principal,
            address: context.remoteAddress
        )
        guard isDeleted else { throw WebError.notFound }
        return .redirect(to: "/skills/\(skill.id.text)", done: .deleted)
    }

    func askToDelete(_ request: Request, context: WebContext) async throws -> Response {
        let (_, skill) = try await own(context)
        let voice = try desk.voice(context)
        let address = "/skills/\(skill.id.text)"
        let question = voice.words("tools.deleteQuestion", ["name": skill.skill.name])
        return try desk.askToDelete(
            question,
            text: voice.words["skills.deleteText"],
            .agents,
            action: "\(address)/deletion",
            back: address,
            request: request,
            context: context
        )
    }

    func delete(_ request: Request, context: WebContext) async throws -> Response {
        let (identity, skill) = try await own(context)
        _ = try await desk.store.deleteSkill(skill.id, by: identity.principal, address: context.remoteAddress)
        return .redirect(to: "/skills", done: .deleted)
    }

    func maker(_ context: WebContext) async throws -> Identity {
        let identity = try context.signedIn()
        guard try await desk.store.makesTools(identity.principal) else {
            throw WebError(.forbidden, "Those who lead the organisation have not let its members make skills.")
        }
        return identity
    }

    func known(_ context: WebContext) async throws -> (SkillRecord, Bool) {
        let identity = try context.signedIn()
        guard let skill = try await desk.store.skill(context.identifier("id"), by: identity.principal) else {
            throw WebError.notFound
        }
        return (skill, try await desk.store.mayChange(skill: skill.id, by: identity.principal))
    }

    func own(_ context: WebContext) async throws -> (Identity, SkillRecord) {
        let (skill, mayChange) = try await known(context)
        guard mayChange else { throw WebError.notFound }
        return (try context.signedIn(), skill)
    }

    func refuse(_ error: any Error, _ errors: inout FormErrors, voice: Voice) throws {
        if let mistake = error as? SkillText.Mistake {
            return errors.add("skill_md", voice.notAccepted(mistake.message))
        }
        if let refusal = error as? SkillArchive.Refusal {
            return errors.add("file", voice.notAccepted(refusal.message))
        }
        guard let error = error as? StorageError else { throw error }
        switch error.code {
        case .conflict("name"): errors.add("skill_md", voice.words["skills.nameTaken"])
        case .invalid(let field): errors.add(field, voice.notAccepted(error.message))
        default: throw error
        }
    }

    func page(
        _ request: Request,
        context: WebContext,
        skill: SkillRecord?,
        draft: SkillView.Draft,
        mayChange: Bool,
        overtaken: Overtaken? = nil,
        errors: FormErrors = FormErrors()
    ) async throws -> Response {
        let voice = try desk.voice(context)
        let principal = try context.signedIn().principal
        var around = SkillView.Surroundings()
        if let skill {
            around.agents = try await desk.store.agents(ofSkill: skill.id, by: principal)
            around.versions = try await desk.store.skillVersions(of: skill.id, by: principal)
            around.overtaken = overtaken.map { OvertakenView($0, of: skill, around.versions, voice: voice) }
            around.isUploadOvertaken = overtaken?.isUpload ?? false
        }
        let title = skill?.skill.name ?? voice.words["skills.new"]
        let view = SkillView(
            page: desk.frame(title, .agents, request: request, context: context, voice: voice),
            skill: skill,
            draft: draft,
            mayChange: mayChange,
            around: around,
            errors: errors,
            voice: voice
        )
        let status: HTTPResponse.Status = overtaken != nil ? .conflict : errors.isEmpty ? .ok : .unprocessableContent
        return try desk.page(view, context: context, status: status)
    }
}
