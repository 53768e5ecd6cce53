import Engine
import Foundation
import Storage

/// The skills of the organisation.
struct SkillsView: View {
    static let template = "skills"

    let page: Frame
    let skills: [Row]
    let hasSkills: Bool
    let mayMake: Bool

    struct Row: Sendable {
        let address: String
        let name: String
        let description: String
    }

    init(page: Frame, skills: [SkillRecord], mayMake: Bool) {
        self.page = page
        self.mayMake = mayMake
        self.skills = skills.map {
            Row(address: "/skills/\($0.id.text)", name: $0.skill.name, description: $0.skill.description)
        }
        hasSkills = !skills.isEmpty
    }
}

/// One skill: its text and its files, to be changed by those who may.
struct SkillView: View {
    static let template = "skill"

    let page: Frame
    let title: String
    let action: String
    let errors: ErrorSummary?
    /// nil for those who may not change it; they read it.
    let text: TextArea?
    let fixedText: String?
    let files: [File]
    let hasFiles: Bool
    let newFile: NewFile?
    let deletion: String?

    struct File: Sendable {
        let path: String
        let size: String
        /// Where it is taken away.
        let deletion: String?
    }

    struct NewFile: Sendable {
        let action: String
        let path: Field
        let content: TextArea
    }

    /// What was typed.
    struct Draft: Sendable {
        var text = ""
        var path = ""
        var content = ""
    }

    /// `skill` is nil for one that is to be made.
    init(
        page: Frame,
        skill: SkillRecord?,
        draft: Draft,
        mayChange: Bool,
        errors: FormErrors = FormErrors(),
        voice: Voice
    ) {
        let words = voice.words
        self.page = page
        title = skill?.skill.name ?? words["skills.new"]
        let address = skill.map { "/skills/\($0.id.text)" } ?? "/skills/new"
        action = address
        let labels = [
            "skill_md": words["skills.text"], "path": words["skills.path"], "content": words["skills.content"],
        ]
        self.errors = errors.summary(labels, voice: voice)
        text =
            mayChange
            ? TextArea(
                "skill_md",
                label: words["skills.text"],
                value: draft.text,
                rows: 18,
                isCode: true,
                hint: words["skills.textHint"],
                error: errors["skill_md"]
            ) : nil
        fixedText = mayChange ? nil : draft.text
        files = (skill?.files ?? []).map {
            File(
                path: $0.path,
                size: voice.words("sent.size", ["n": $0.size.grouped]),
                deletion: mayChange ? "\(address)/files/deletion" : nil
            )
        }
        hasFiles = !files.isEmpty
        newFile =
            mayChange && skill != nil
            ? NewFile(
                action: "\(address)/files#files",
                path: Field(
                    "path",
                    label: words["skills.path"],
                    value: draft.path,
                    hint: words["skills.pathHint"],
                    error: errors["path"],
                    autocomplete: "off",
                    maximumLength: 300
                ),
                content: TextArea(
                    "content",
                    label: words["skills.content"],
                    value: draft.content,
                    rows: 8,
                    isCode: true,
                    error: errors["content"]
                )
            ) : nil
        deletion = mayChange && skill != nil ? "\(address)/deletion" : nil
    }
}
