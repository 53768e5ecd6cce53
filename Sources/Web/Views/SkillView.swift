import Engine
import Foundation
import Storage

/// One skill: its text and its files, to be changed by those who may.
struct SkillView: View {
    static let template = "skill"

    let page: Frame
    let title: String
    let action: String
    let errors: ErrorSummary?
    /// The versions that the forms of the text and of the archive were opened with: of a later one nothing is overwritten
    /// unseen.
    let opened: String?
    let uploadOpened: String?
    /// Whether there was a later one when the text was sent, or the archive.
    let overtaken: OvertakenView?
    let uploadOvertaken: OvertakenView?
    /// nil for those who may not change it; they read it.
    let text: TextArea?
    let fixedText: String?
    let files: [File]
    let hasFiles: Bool
    let newFile: NewFile?
    /// A folder in a zip archive, as a new skill or in the place of all that this one is.
    let upload: Upload?
    /// Where it is saved as a zip archive; nil for one that is to be made.
    let download: String?
    let facts: [Fact]
    let hasFacts: Bool
    /// Those that may open it.
    let agents: [AgentLink]
    let hasAgents: Bool
    let history: HistoryView?
    let deletion: String?

    struct File: Sendable {
        let path: String
        let size: String
        /// Where it is taken away.
        let removal: String?
    }

    struct Upload: Sendable {
        let title: String
        let text: String
        let action: String
        let file: Field
    }

    struct AgentLink: Sendable {
        let address: String
        let name: String
    }

    /// What is known of a skill beside itself.
    struct Surroundings: Sendable {
        var agents: [(id: UUID, name: String)] = []
        var versions: [KeptVersion<SkillText>] = []
        /// Whether somebody has saved it since a form was opened, and whether that form had the archive in it.
        var overtaken: OvertakenView?
        var isUploadOvertaken = false
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
        /// What it was typed into; nil where that is not known.
        var version: Int?
        /// What the archive was sent into, where that is another.
        var uploadVersion: Int?
    }

    /// `skill` is nil for one that is to be made.
    init(
        page: Frame,
        skill: SkillRecord?,
        draft: Draft,
        mayChange: Bool,
        around: Surroundings = Surroundings(),
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
            "file": words["skills.zip"],
        ]
        self.errors = errors.summary(labels, voice: voice)
        opened = draft.version.map(String.init)
        uploadOpened = (draft.uploadVersion ?? draft.version).map(String.init)
        overtaken = around.isUploadOvertaken ? nil : around.overtaken
        uploadOvertaken = around.isUploadOvertaken ? around.overtaken : nil
        text = mayChange ? .skill(draft.text, error: errors["skill_md"], words) : nil
        fixedText = mayChange ? nil : draft.text
        files = (skill?.files ?? []).map {
            File(
                path: $0.path,
                size: voice.words("sent.size", ["n": $0.size.grouped]),
                removal: mayChange ? "\(address)/files/deletion" : nil
            )
        }
        hasFiles = !files.isEmpty
        newFile = mayChange && skill != nil ? NewFile(in: address, draft, errors, words) : nil
        deletion = mayChange && skill != nil ? "\(address)/deletion" : nil
        upload = mayChange ? Upload(skill, error: errors["file"], words) : nil
        download = skill == nil ? nil : "\(address)/archive"
        facts = skill.map { Self.facts($0, voice) } ?? []
        hasFacts = !facts.isEmpty
        agents = around.agents.map { AgentLink(address: "/agents/\($0.id.text)", name: $0.name) }
        hasAgents = !agents.isEmpty
        history = HistoryView(
            around.versions,
            current: skill.map { String($0.version) } ?? "",
            address: address,
            mayChange: mayChange,
            voice: voice
        )
    }
}

extension SkillView {
    fileprivate static func facts(_ skill: SkillRecord, _ voice: Voice) -> [Fact] {
        [
            Fact(name: voice.words["tools.version"], value: String(skill.version)),
            Fact(name: voice.words["skills.changed"], value: voice.time(skill.updatedAt).text),
        ]
    }
}

extension TextArea {
    fileprivate static func skill(_ text: String, error: String?, _ words: Words) -> TextArea {
        TextArea(
            "skill_md",
            label: words["skills.text"],
            value: text,
            rows: 18,
            isCode: true,
            hint: words["skills.textHint"],
            error: error
        )
    }
}

extension SkillView.NewFile {
    fileprivate init(in address: String, _ draft: SkillView.Draft, _ errors: FormErrors, _ words: Words) {
        action = "\(address)/files#files"
        path = Field(
            "path",
            label: words["skills.path"],
            value: draft.path,
            hint: words["skills.pathHint"],
            error: errors["path"],
            autocomplete: "off",
            maximumLength: 300
        )
        content = TextArea(
            "content",
            label: words["skills.content"],
            value: draft.content,
            rows: 8,
            isCode: true,
            error: errors["content"]
        )
    }
}

extension SkillView.Upload {
    fileprivate init(_ skill: SkillRecord?, error: String?, _ words: Words) {
        title = words[skill == nil ? "skills.upload" : "skills.replace"]
        text = words[skill == nil ? "skills.uploadText" : "skills.replaceText"]
        action = skill.map { "/skills/\($0.id.text)/archive#upload" } ?? "/skills/upload#upload"
        file = Field("file", label: words["skills.zip"], type: "file", hint: words["skills.zipHint"], error: error)
    }
}
