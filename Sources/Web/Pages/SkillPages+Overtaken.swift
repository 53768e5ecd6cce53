import Engine
import Foundation
import Hummingbird
import Storage

// What comes of a form that was opened before somebody else saved the skill: nothing is lost, and the person decides.
extension SkillPages {
    /// A form that was sent too late.
    struct Overtaken: Sendable {
        /// The version that it was opened with.
        var opened: Int?
        /// Whether it had a folder in it, in the place of the text.
        var isUpload = false
    }

    /// The text as it was typed. Who has saved the very same, as by pressing twice, has nothing to decide.
    func overtaken(_ draft: SkillView.Draft, _ request: Request, context: WebContext) async throws -> Response {
        let (_, skill) = try await own(context)
        if (try? SkillText(parsing: draft.text)) == skill.skill {
            return .redirect(to: "/skills/\(skill.id.text)", done: .saved)
        }
        return try await page(
            request,
            context: context,
            skill: skill,
            draft: .init(text: draft.text, version: skill.version),
            mayChange: true,
            overtaken: Overtaken(opened: draft.version)
        )
    }

    /// A file has to be chosen again in any case: no page can keep it.
    func overtakenUpload(since opened: Int?, _ request: Request, context: WebContext) async throws -> Response {
        let (_, skill) = try await own(context)
        return try await page(
            request,
            context: context,
            skill: skill,
            draft: .init(skill),
            mayChange: true,
            overtaken: Overtaken(opened: opened, isUpload: true)
        )
    }
}

extension OvertakenView {
    init(
        _ late: SkillPages.Overtaken,
        of skill: SkillRecord,
        _ versions: [KeptVersion<SkillText>],
        voice: Voice
    ) {
        let address = "/skills/\(skill.id.text)"
        self.init(
            seen: late.opened,
            of: versions,
            address: address,
            form: address,
            outcome: voice.words[late.isUpload ? "version.unreplaced" : "version.unsaved"],
            voice: voice
        )
    }
}

extension SkillView.Draft {
    /// A skill as it is.
    init(_ skill: SkillRecord) { self.init(text: skill.skill.markdown, version: skill.version) }
}
