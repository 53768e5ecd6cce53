import Engine
import Foundation
import Storage

@testable import Web

extension Samples {
    var toolPages: [(name: String, view: any View)] {
        [
            ("tools", tools(mayDecide: true)), ("tools-member", tools(mayDecide: false)),
            ("tool", tool(calculator, use, mayDecide: true)), ("tool-unused", tool(plain, [], mayDecide: false)),
            ("tool-script", own(script, trial: .init(outcome: ToolTrial(result: Samples.hostile, seconds: 0.4)))),
            ("tool-http", own(http, trial: .init(input: "{", error: Samples.hostile))),
            ("tool-new-script", form(.init(), isNew: true)), ("tool-new-http", form(.init(kind: "http"), isNew: true)),
            ("tool-edit-script", form(script.draft.map(ToolFormView.Draft.init) ?? .init(), isNew: false)),
            ("tool-overtaken", overtakenTool), ("skill-overtaken", overtakenSkill(isUpload: false)),
            ("skill-upload-overtaken", overtakenSkill(isUpload: true)),
            ("skills", SkillsView(page: frame(voice.words["skills.title"], .agents), skills: [skill], mayMake: true)),
            ("skills-none", SkillsView(page: frame(voice.words["skills.title"], .agents), skills: [], mayMake: false)),
            ("skill", skill(mayChange: true)), ("skill-member", skill(mayChange: false)),
            ("tool-version", toolVersion), ("skill-version", skillVersion),
            ("instructions", instructions(mayWrite: true)), ("instructions-member", instructions(mayWrite: false)),
        ]
    }

    private var calculator: ToolRecord {
        ToolRecord(
            id: id(90),
            name: "calculator",
            description: "Computes. \(Samples.hostile)",
            schema: #"{"type":"object","required":["expression"],"properties":{"expression":{"type":"string","#
                + #""description":"such as 2+3"},"digits":{"type":"integer","minimum":1}}}"#,
            level: .readOnly,
            effect: .pure,
            createdAt: ago(600)
        )
    }

    private var plain: ToolRecord {
        ToolRecord(
            id: id(91),
            name: "current_time",
            description: "Tells the time.",
            schema: #"{"type":"object"}"#,
            level: .privileged,
            effect: .effectful,
            createdAt: ago(600)
        )
    }

    private var script: ToolRecord {
        var tool = plain
        (tool.name, tool.type, tool.isSystemTool, tool.version) = ("greet", "script", false, "2")
        tool.definition = #"{"language":"python","code":"print(1)\\n<b>","parameters":{"type":"object"}}"#
        return tool
    }

    private var http: ToolRecord {
        var tool = script
        tool.type = "http"
        tool.definition =
            #"{"method":"POST","url":"https://example.org/{{input.a}}","headers":{"X":"{{secret:KEY}}"},"body":{"a":1}}"#
        return tool
    }

    private func own(_ tool: ToolRecord, trial: ToolView.TrialDraft) -> ToolView {
        let versions = tool.draft.map { draft in
            [(2, text("Member One", "成员一")), (1, nil)].map {
                KeptVersion(version: $0.0, userID: id(1), userName: $0.1, draft: draft, createdAt: ago(30))
            }
        }
        return ToolView(
            page: frame(tool.name, .agents),
            tool: tool,
            use: [],
            rule: nil,
            mayDecide: false,
            versions: versions ?? [],
            mayChange: true,
            trial: trial,
            voice: voice
        )
    }

    private func form(_ draft: ToolFormView.Draft, isNew: Bool) -> ToolFormView {
        var errors = FormErrors()
        if !isNew { for field in ["name", "code", "level"] { errors.add(field, Samples.hostile) } }
        return ToolFormView(
            page: frame(voice.words["tools.title"], .agents),
            id: isNew ? nil : id(92),
            draft: draft,
            errors: errors,
            voice: voice
        )
    }

    /// Somebody whose account is gone has saved a newer one.
    private var overtakenTool: ToolFormView {
        let draft = script.draft ?? ToolDraft(name: "", description: "", type: "script", schema: "{}", definition: "{}")
        let latest = KeptVersion(version: 2, userID: nil, userName: nil, draft: draft, createdAt: ago(3))
        return ToolFormView(
            page: frame(draft.name, .agents),
            id: id(92),
            draft: .init(draft),
            opened: 2,
            overtaken: OvertakenView(
                seen: 1,
                of: [latest],
                address: "/tools/x",
                form: "/tools/x/edit",
                outcome: voice.words["version.unsaved"],
                voice: voice
            ),
            voice: voice
        )
    }

    private func overtakenSkill(isUpload: Bool) -> SkillView {
        let versions = [2, 1].map {
            KeptVersion(version: $0, userID: id(1), userName: Samples.hostile, draft: skill.skill, createdAt: ago(30))
        }
        var around = SkillView.Surroundings(versions: versions)
        around.isUploadOvertaken = isUpload
        around.overtaken = OvertakenView(
            .init(opened: 1, isUpload: isUpload),
            of: skill,
            versions,
            voice: voice
        )
        return SkillView(
            page: frame(skill.skill.name, .agents),
            skill: skill,
            draft: .init(skill),
            mayChange: true,
            around: around,
            voice: voice
        )
    }

    private var skill: SkillRecord {
        SkillRecord(
            id: id(95),
            skill: SkillText(name: "release-notes", description: Samples.hostile, instructions: Samples.hostile),
            files: [.init(path: "scripts/check.py", size: 1200)],
            userID: id(1),
            updatedAt: ago(9)
        )
    }

    private func skill(mayChange: Bool) -> SkillView {
        var errors = FormErrors()
        if mayChange { for field in ["skill_md", "path", "content", "file"] { errors.add(field, Samples.hostile) } }
        let versions = [(2, text("Member One", "成员一")), (1, nil)].map {
            KeptVersion(version: $0.0, userID: id(1), userName: $0.1, draft: skill.skill, createdAt: ago(30))
        }
        return SkillView(
            page: frame(skill.skill.name, .agents),
            skill: skill,
            draft: .init(text: skill.skill.markdown, path: "a", content: Samples.hostile),
            mayChange: mayChange,
            around: mayChange ? .init(agents: [(id(40), Samples.hostile)], versions: versions) : .init(),
            errors: errors,
            voice: voice
        )
    }

    private var toolVersion: VersionView {
        var then = http.draft ?? ToolDraft(name: "", description: "", type: "http", schema: "{}", definition: "{}")
        let now = then
        then.definition = #"{"method":"GET","url":"https://example.org/","headers":{"X":"{{secret:OLD}}"}}"#
        then.description = Samples.hostile
        return version(1, of: then, list: "tools", mayChange: true, then.parts(voice.words), now.parts(voice.words))
    }

    private var skillVersion: VersionView {
        let (now, digest) = (skill.skill, String(repeating: "0f", count: 32))
        var then = now
        then.instructions = text("Read the diary first.", "先看日志。")
        let (old, new) = (
            SkillDefinition(text: then, files: [.init(path: "scripts/check.py", size: 900, digest: digest)]),
            SkillDefinition(
                text: now,
                files: [
                    .init(path: Samples.hostile, size: 3, digest: digest),
                    .init(path: "scripts/check.py", size: 1200, digest: String(digest.reversed())),
                ]
            )
        )
        return version(1, of: old, list: "skills", mayChange: false, old.parts(voice.words), new.parts(voice.words))
    }

    private func version<Draft: Sendable & Equatable>(
        _ number: Int,
        of draft: Draft,
        list: String,
        mayChange: Bool,
        _ then: [VersionField],
        _ now: [VersionField]
    ) -> VersionView {
        let name = then.first?.text ?? ""
        return VersionView(
            page: frame(voice.words("version.title", ["n": String(number), "name": name]), .agents),
            of: .init(
                list: voice.words["\(list).title"],
                listAddress: "/\(list)",
                name: name,
                address: "/\(list)/x",
                version: number + 2,
                mayChange: mayChange
            ),
            KeptVersion(version: number, userID: id(1), userName: nil, draft: draft, createdAt: ago(50)),
            parts: VersionView.Part.all(then, now),
            voice: voice
        )
    }

    private var use: [ToolUse] {
        [(text("Assistant", "助手"), 41, 2), (nil, 1, 0)].map { name, calls, failed in
            ToolUse(
                toolName: "calculator",
                agentID: id(40),
                agentName: name,
                calls: calls,
                failedCalls: failed,
                cachedCalls: 12,
                seconds: 0.004,
                lastUsedAt: ago(5)
            )
        }
    }

    private func tools(mayDecide: Bool) -> ToolsView {
        ToolsView(
            page: frame(voice.words["tools.title"], .agents),
            tools: [calculator, plain],
            use: use,
            rules: [
                .init(level: .privileged, decision: .deny),
                .init(userID: id(91), isOrganisations: true, toolName: "calculator", decision: .deny),
            ],
            own: [.init(userID: id(90), level: .safeExecute, decision: .ask)],
            people: mayDecide
                ? [
                    OrganisationMember(
                        userID: id(90),
                        nickname: "ada",
                        email: "a@example.org",
                        role: .owner,
                        joinedAt: ago(9)
                    ),
                    OrganisationMember(
                        userID: id(91),
                        nickname: "bob",
                        email: "b@example.org",
                        role: .member,
                        joinedAt: ago(9)
                    ),
                ] : [],
            mayDecide: mayDecide,
            mayMake: mayDecide,
            membersMake: mayDecide,
            voice: voice
        )
    }

    private func tool(_ tool: ToolRecord, _ use: [ToolUse], mayDecide: Bool) -> ToolView {
        ToolView(
            page: frame(tool.name, .agents),
            tool: tool,
            use: use,
            rule: .init(toolName: tool.name, decision: .ask),
            mayDecide: mayDecide,
            voice: voice
        )
    }

    private func instructions(mayWrite: Bool) -> InstructionsView {
        var errors = FormErrors()
        if mayWrite { errors.add("instance", Samples.hostile) }
        return InstructionsView(
            page: frame(voice.words["instructions.title"], .agents),
            texts: Instructions(instance: "Be kind. \(Samples.hostile)", organisation: "We ship on Fridays."),
            rights: .init(instance: mayWrite, organisation: mayWrite),
            errors: errors,
            voice: voice
        )
    }
}
