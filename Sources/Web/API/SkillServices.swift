import Engine
import Foundation
import Hummingbird
import NIOCore
import Storage

// Changes of skills, from pages and from programs.
extension WebServices {
    func createSkill(_ skill: SkillArchive, by principal: Principal, address: String?) async throws -> SkillRecord? {
        try await store.createSkill(skill.text, files: skill.files ?? [], by: principal, address: address)
    }

    /// Its files stay as they are where the archive says nothing of them. `seen`: the version that whoever asks knows as the one
    /// that holds.
    func updateSkill(
        _ id: UUID,
        _ skill: SkillArchive,
        at seen: Int? = nil,
        by principal: Principal,
        address: String?
    ) async throws -> SkillRecord? {
        try await store.updateSkill(
            id,
            skill.text,
            files: skill.files,
            at: seen,
            by: principal,
            address: address
        )
    }

    /// To be saved.
    func archive(of skill: SkillRecord, by principal: Principal, context: WebContext) async throws -> Response {
        let files = try await store.files(ofSkill: skill.id, by: principal)
        let bytes = SkillArchive(text: skill.skill, files: files).zip
        return Response(
            status: .ok,
            headers: FileResponse.headers(name: "\(skill.skill.name).zip", mediaType: nil),
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        ).tagged(EntityTag.of(bytes: bytes), context)
    }
}
