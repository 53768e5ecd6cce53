import Engine
import Foundation
import Hummingbird
import Storage

/// `/v1/skills/{id}/versions`: what a skill was, and the way back to it.
struct SkillVersionRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .get,
            "/v1/skills/{id}/versions",
            .skills,
            "Lists the versions of a skill",
            about: "The newest fifty.",
            replies: [.list(.skillVersion)],
            use: list
        )
        Endpoint(
            .get,
            "/v1/skills/{id}/versions/{version}",
            .skills,
            "Shows a version of a skill",
            about: "With its files, and the fields in which it differs from what the skill is now.",
            parameters: ["version": .integer(1...1_000_000)],
            replies: [.object(.wholeSkillVersion)],
            use: show
        )
        Endpoint(
            .post,
            "/v1/skills/{id}/versions/{version}/restoration",
            .skills,
            "Goes back to a version of a skill",
            about: "As a new version; nothing is overwritten. `If-Match` takes the `ETag` of the skill.",
            changing: "/v1/skills/{id}",
            parameters: ["version": .integer(1...1_000_000)],
            replies: [.object(.skill)],
            errors: [.conflict],
            use: restore
        )
    }

    func list(_ request: Request, context: WebContext) async throws -> Response {
        let (principal, id) = (try context.signedIn().principal, try context.identifier("id"))
        guard try await services.store.skill(id, by: principal) != nil else { throw WebError.notFound }
        let versions = try await services.store.skillVersions(of: id, by: principal)
        return Envelope.list(versions.map { version in version.described(version.draft.describe) }, context: context)
    }

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let (principal, id) = (try context.signedIn().principal, try context.identifier("id"))
        let store = services.store
        guard let skill = try await store.skill(id, by: principal),
            let version = try await store.skillVersion(context.version(), of: id, by: principal),
            let present = try await store.skillVersion(skill.version, of: id, by: principal)
        else { throw WebError.notFound }
        let answer = version.described {
            version.draft.text.describe(&$0)
            $0.set("files", version.draft.files.map(\.representation))
            $0.set("differs_in", version.draft.differs(from: present.draft))
        }
        return Envelope.success(answer, context: context)
    }

    func restore(_ request: Request, context: WebContext) async throws -> Response {
        let (principal, id) = (try context.signedIn().principal, try context.identifier("id"))
        let restored = try await services.store.restoreSkill(
            id,
            version: context.version(),
            by: principal,
            address: context.remoteAddress
        )
        guard let restored else { throw WebError.notFound }
        return Envelope.success(restored.representation, context: context)
    }
}

extension SkillText {
    fileprivate func describe(_ json: inout JSONObject) {
        json.set("name", name)
        json.set("description", description)
        json.set("skill_md", markdown)
    }
}

extension SkillDefinition.File {
    fileprivate var representation: JSONObject {
        JSONObject {
            $0.set("path", path)
            $0.set("size", size)
            $0.set("sha256", digest)
        }
    }
}

extension Schema {
    fileprivate static let skillVersion = version(
        "SkillVersion",
        [.text("name"), .text("description"), .text("skill_md")]
    )
    fileprivate static let wholeSkillVersion = skillVersion.adding(
        "WholeSkillVersion",
        [
            .list("files", of: .object("SkillVersionFile", [.text("path"), .integer("size"), .text("sha256")])),
            .list("differs_in").about("Of `name`, `description`, `instructions` and `files`."),
        ]
    )
}
