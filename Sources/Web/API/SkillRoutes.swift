import Engine
import Foundation
import Hummingbird
import Storage

/// `/v1/skills`: instructions for special work, with files, and which agents may open them.
struct SkillRoutes: Sendable {
    let services: WebServices

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

    /// `{"skill_md": "---\nname: …"}`
    func create(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let text = try await text(request, context)
        let made = try await services.createSkill(text, by: identity.principal, address: context.remoteAddress)
        guard let made else {
            throw WebError(.forbidden, "Those who lead the organisation have not let its members make skills.")
        }
        return Envelope.success(made.representation, status: .created, context: context)
    }

    func update(_ request: Request, context: WebContext) async throws -> Response {
        let (identity, id) = (try context.signedIn(), try context.identifier("id"))
        let text = try await text(request, context)
        let changed = try await services.updateSkill(id, text, by: identity.principal, address: context.remoteAddress)
        guard let changed else { throw WebError.notFound }
        return Envelope.success(changed.representation, context: context)
    }

    func delete(_ request: Request, context: WebContext) async throws -> Response {
        let (identity, id) = (try context.signedIn(), try context.identifier("id"))
        guard try await services.deleteSkill(id, by: identity.principal, address: context.remoteAddress) else {
            throw WebError.notFound
        }
        return Envelope.noContent(context: context)
    }

    /// `{"path", "content"}` or `{"path", "content_base64"}`.
    func putFile(_ request: Request, context: WebContext) async throws -> Response {
        struct Input: Decodable {
            var path: String
            var content: String?
            var contentBase64: String?
        }
        let (identity, id) = (try context.signedIn(), try context.identifier("id"))
        let input = try await request.decodeJSON(Input.self, context: context)
        let bytes =
            input.content.map { Array($0.utf8) }
            ?? input.contentBase64.flatMap { Data(base64Encoded: $0) }.map(Array.init)
        guard let bytes else { throw WebError.invalid("content", "Send content, or content_base64.") }
        let file = Skill.File(path: input.path, content: bytes)
        guard try await services.store.putFile(file, of: id, by: identity.principal) else { throw WebError.notFound }
        return try await show(request, context: context)
    }

    /// `?path=`
    func deleteFile(_ request: Request, context: WebContext) async throws -> Response {
        let (identity, id) = (try context.signedIn(), try context.identifier("id"))
        let path = QueryReader(request).text("path") ?? ""
        guard try await services.store.deleteFile(path, of: id, by: identity.principal) else { throw WebError.notFound }
        return Envelope.noContent(context: context)
    }

    func ofAgent(_ request: Request, context: WebContext) async throws -> Response {
        let (identity, id) = (try context.signedIn(), try context.identifier("id"))
        guard try await services.store.agent(id, by: identity.principal) != nil else { throw WebError.notFound }
        let names = try await services.store.skills(ofAgent: id, by: identity.principal)
        return Envelope.success(JSONObject { $0.set("skills", names) }, context: context)
    }

    /// `{"skills": ["name", …]}`: those, and no others.
    func setOfAgent(_ request: Request, context: WebContext) async throws -> Response {
        struct Input: Decodable { var skills: [String] }
        let (identity, id) = (try context.signedIn(), try context.identifier("id"))
        let input = try await request.decodeJSON(Input.self, context: context)
        guard try await services.store.setSkills(input.skills, of: id, by: identity.principal) else {
            throw WebError.notFound
        }
        return try await ofAgent(request, context: context)
    }

    private func text(_ request: Request, _ context: WebContext) async throws -> SkillText {
        struct Input: Decodable { var skillMd: String }
        let input = try await request.decodeJSON(Input.self, context: context)
        do {
            return try SkillText(parsing: input.skillMd)
        } catch {
            throw WebError.invalid("skill_md", error.message)
        }
    }
}

extension WebServices {
    /// Written down in the audit, as the next two.
    func createSkill(_ skill: SkillText, by principal: Principal, address: String?) async throws -> SkillRecord? {
        guard let made = try await store.createSkill(skill, by: principal) else { return nil }
        await record("skill.created", target: "\(made.id.text) \(skill.name)", by: principal, address: address)
        return made
    }

    func updateSkill(
        _ id: UUID,
        _ skill: SkillText,
        by principal: Principal,
        address: String?
    ) async throws -> SkillRecord? {
        guard let changed = try await store.updateSkill(id, skill, by: principal) else { return nil }
        await record("skill.changed", target: id.text, by: principal, address: address)
        return changed
    }

    func deleteSkill(_ id: UUID, by principal: Principal, address: String?) async throws -> Bool {
        guard try await store.deleteSkill(id, by: principal) else { return false }
        await record("skill.deleted", target: id.text, by: principal, address: address)
        return true
    }
}

extension SkillRecord {
    fileprivate var representation: JSONObject {
        JSONObject {
            $0.set("skill_id", id)
            $0.set("name", skill.name)
            $0.set("description", skill.description)
            $0.set("skill_md", skill.markdown)
            $0.set(
                "files",
                files.map { file in
                    JSONObject {
                        $0.set("path", file.path)
                        $0.set("size", file.size)
                    }
                }
            )
            $0.set("user_id", userID)
            $0.set("updated_at", updatedAt)
        }
    }
}
