import Engine
import Foundation
import Hummingbird
import Storage

/// `/v1/skills`: instructions for special work, with files, and which agents may open them.
struct SkillRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(.get, "/v1/skills", .skills, "Lists skills", replies: [.list(.skill)], use: list)
        Endpoint(
            .post,
            "/v1/skills",
            .skills,
            "Makes a skill",
            body: .json(
                Draft.self,
                ["skill_md": .about("`name` and `description` between lines of `---`, then the instructions.")]
            ),
            replies: [.object(.skill, .created)],
            errors: [.forbidden, .conflict],
            use: create
        )
        Endpoint(.get, "/v1/skills/{id}", .skills, "Shows a skill", replies: [.object(.skill)], use: show)
        Endpoint(
            .patch,
            "/v1/skills/{id}",
            .skills,
            "Changes a skill",
            body: .json(
                Draft.self,
                ["skill_md": .about("`name` and `description` between lines of `---`, then the instructions.")]
            ),
            replies: [.object(.skill)],
            errors: [.conflict],
            use: update
        )
        Endpoint(.delete, "/v1/skills/{id}", .skills, "Deletes a skill", use: delete)
        Endpoint(
            .post,
            "/v1/skills/archive",
            .skills,
            "Makes a skill of a folder",
            about: "Archives with links, names that lead out of them, or more than a skill may hold are refused whole.",
            content: .archive,
            replies: [.object(.skill, .created)],
            errors: [.forbidden, .conflict],
            use: unpack
        )
        Endpoint(
            .get,
            "/v1/skills/{id}/archive",
            .skills,
            "Downloads a skill as a folder",
            replies: [.file("application/octet-stream")],
            use: download
        )
        Endpoint(
            .put,
            "/v1/skills/{id}/archive",
            .skills,
            "Replaces a skill by a folder",
            about: "Text and files become what the archive holds, as a new version.",
            content: .archive,
            replies: [.object(.skill)],
            errors: [.conflict],
            use: replace
        )
        Endpoint(
            .put,
            "/v1/skills/{id}/files",
            .skills,
            "Keeps a file with a skill",
            body: .json(NewFile.self, ["content": .about("Text; or `content_base64` for bytes.")]),
            replies: [.object(.skill)],
            use: putFile
        )
        Endpoint(
            .delete,
            "/v1/skills/{id}/files",
            .skills,
            "Takes a file away from a skill",
            query: [Self.path.field],
            use: deleteFile
        )
        Endpoint(
            .get,
            "/v1/agents/{id}/skills",
            .skills,
            "Lists the skills of an agent",
            replies: [.object(.skillNames)],
            use: ofAgent
        )
        Endpoint(
            .put,
            "/v1/agents/{id}/skills",
            .skills,
            "Says which skills an agent has",
            about: "Those, and no others.",
            body: .json(SkillNames.self),
            replies: [.object(.skillNames)],
            use: setOfAgent
        )
    }

    private static let path = QueryParameter<String>.text("path", "Of the file.")

    func list(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let skills = try await services.store.skills(by: identity.principal)
        return Envelope.list(skills.map(\.representation), context: context)
    }

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        guard let skill = try await services.store.skill(context.identifier("id"), by: identity.principal) else {
            throw WebError.notFound
        }
        return Envelope.success(skill.representation, context: context)
    }

    struct Draft: Decodable, Sendable { var skillMd: String }

    func create(_ input: Draft, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let skill = SkillArchive(text: try text(input), files: [])
        return try await create(skill, identity, context)
    }

    /// From a folder in a zip archive.
    func unpack(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        return try await create(try await archive(request, context), identity, context)
    }

    private func create(_ skill: SkillArchive, _ identity: Identity, _ context: WebContext) async throws -> Response {
        let made = try await services.createSkill(skill, by: identity.principal, address: context.remoteAddress)
        guard let made else {
            throw WebError(.forbidden, "Those who lead the organisation have not let its members make skills.")
        }
        return Envelope.success(made.representation, status: .created, context: context)
    }

    func update(_ input: Draft, _ request: Request, context: WebContext) async throws -> Response {
        let (identity, id) = (try context.signedIn(), try context.identifier("id"))
        let skill = SkillArchive(text: try text(input), files: nil)
        let changed = try await services.updateSkill(id, skill, by: identity.principal, address: context.remoteAddress)
        guard let changed else { throw WebError.notFound }
        return Envelope.success(changed.representation, context: context)
    }

    /// It with its files in a zip archive.
    func download(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        guard let skill = try await services.store.skill(context.identifier("id"), by: identity.principal) else {
            throw WebError.notFound
        }
        return try await services.archive(of: skill, by: identity.principal, context: context)
    }

    /// Text and files become what the archive holds.
    func replace(_ request: Request, context: WebContext) async throws -> Response {
        let (identity, id) = (try context.signedIn(), try context.identifier("id"))
        guard try await services.store.mayChange(skill: id, by: identity.principal) else { throw WebError.notFound }
        let skill = try await archive(request, context)
        let changed = try await services.updateSkill(id, skill, by: identity.principal, address: context.remoteAddress)
        guard let changed else { throw WebError.notFound }
        return Envelope.success(changed.representation, context: context)
    }

    func delete(_ request: Request, context: WebContext) async throws -> Response {
        let (identity, id) = (try context.signedIn(), try context.identifier("id"))
        guard try await services.store.deleteSkill(id, by: identity.principal, address: context.remoteAddress) else {
            throw WebError.notFound
        }
        return Envelope.noContent(context: context)
    }

    struct NewFile: Decodable, Sendable {
        var path: String
        var content: String?
        var contentBase64: String?
    }

    /// `{"path", "content"}` or `{"path", "content_base64"}`.
    func putFile(_ input: NewFile, _ request: Request, context: WebContext) async throws -> Response {
        let (identity, id) = (try context.signedIn(), try context.identifier("id"))
        let bytes =
            input.content.map { Array($0.utf8) }
            ?? input.contentBase64.flatMap { Data(base64Encoded: $0) }.map(Array.init)
        guard let bytes else { throw WebError.invalid("content", "Send content, or content_base64.") }
        let file = Skill.File(path: input.path, content: bytes)
        let isPut = try await services.store.putFile(
            file,
            of: id,
            by: identity.principal,
            address: context.remoteAddress
        )
        guard isPut else { throw WebError.notFound }
        return try await show(request, context: context)
    }

    func deleteFile(_ request: Request, context: WebContext) async throws -> Response {
        let (identity, id) = (try context.signedIn(), try context.identifier("id"))
        let path = try context.query(Self.path, of: request) ?? ""
        let isDeleted = try await services.store.deleteFile(
            path,
            of: id,
            by: identity.principal,
            address: context.remoteAddress
        )
        guard isDeleted else { throw WebError.notFound }
        return Envelope.noContent(context: context)
    }

    func ofAgent(_ request: Request, context: WebContext) async throws -> Response {
        let (identity, id) = (try context.signedIn(), try context.identifier("id"))
        guard try await services.store.agent(id, by: identity.principal) != nil else { throw WebError.notFound }
        let names = try await services.store.skills(ofAgent: id, by: identity.principal)
        return Envelope.success(JSONObject { $0.set("skills", names) }, context: context)
    }

    struct SkillNames: Decodable, Sendable { var skills: [String] }

    /// `{"skills": ["name", …]}`: those, and no others.
    func setOfAgent(_ input: SkillNames, _ request: Request, context: WebContext) async throws -> Response {
        let (identity, id) = (try context.signedIn(), try context.identifier("id"))
        guard try await services.store.setSkills(input.skills, of: id, by: identity.principal) else {
            throw WebError.notFound
        }
        return try await ofAgent(request, context: context)
    }

    private func archive(_ request: Request, _ context: WebContext) async throws -> SkillArchive {
        let (_, file) = try await request.decodeFormWithFile(upTo: SkillArchive.largest, context: context)
        guard let file else { throw WebError.invalid("file", "There is no file in the form.") }
        do {
            return try SkillArchive(unpacking: file.bytes)
        } catch {
            throw WebError.invalid("file", error.message)
        }
    }

    private func text(_ input: Draft) throws(WebError) -> SkillText {
        do {
            return try SkillText(parsing: input.skillMd)
        } catch {
            throw WebError.invalid("skill_md", error.message)
        }
    }
}
