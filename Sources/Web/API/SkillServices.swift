import Engine
import Foundation
import Hummingbird
import NIOCore
import Storage

// Changes of skills, from pages and from programs; each is written down in the audit.
extension WebServices {
    func createSkill(_ skill: SkillArchive, by principal: Principal, address: String?) async throws -> SkillRecord? {
        let made = try await store.createSkill(skill.text, files: skill.files ?? [], by: principal)
        guard let made else { return nil }
        await record("skill.created", target: "\(made.id.text) \(made.skill.name)", by: principal, address: address)
        return made
    }

    /// Its files stay as they are where the archive says nothing of them.
    func updateSkill(
        _ id: UUID,
        _ skill: SkillArchive,
        by principal: Principal,
        address: String?
    ) async throws -> SkillRecord? {
        let changed = try await store.updateSkill(id, skill.text, files: skill.files, by: principal)
        guard let changed else { return nil }
        await record("skill.changed", target: id.text, by: principal, address: address)
        return changed
    }

    /// `seen`: the version that whoever asks knows as the one that holds.
    func restoreSkill(
        _ id: UUID,
        version: Int,
        at seen: Int? = nil,
        by principal: Principal,
        address: String?
    ) async throws -> SkillRecord? {
        let skill = try await store.restoreSkill(id, version: version, at: seen, by: principal)
        guard let restored = skill else { return nil }
        await record("skill.changed", target: "\(id.text) \(version)", by: principal, address: address)
        return restored
    }

    func deleteSkill(_ id: UUID, by principal: Principal, address: String?) async throws -> Bool {
        guard try await store.deleteSkill(id, by: principal) else { return false }
        await record("skill.deleted", target: id.text, by: principal, address: address)
        return true
    }

    /// To be saved.
    func archive(of skill: SkillRecord, by principal: Principal) async throws -> Response {
        let files = try await store.files(ofSkill: skill.id, by: principal)
        let bytes = SkillArchive(text: skill.skill, files: files).zip
        return Response(
            status: .ok,
            headers: FileResponse.headers(name: "\(skill.skill.name).zip", mediaType: nil),
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }
}
