import Engine
import Foundation
import Storage

@testable import Web

extension Samples {
    var otherPages: [(name: String, view: any View)] {
        [
            (
                "agents",
                AgentsView(
                    page: frame(voice.words["agents.title"], .agents),
                    agents: [
                        .init(
                            id: id(40),
                            name: text("Assistant", "助手"),
                            description: text("Answers questions and writes.", "回答问题，也能写作。"),
                            isSystem: true
                        )
                    ]
                )
            ),
            ("agent", agent()), ("agent-plain", agent(isPlain: true)),
            ("requests", requests([])),
            (
                "requests-sent",
                requests([
                    ModelRequestRecord(
                        id: id(70),
                        attempt: 1,
                        model: "demo",
                        sentAt: ago(3),
                        preamble: .object([
                            "instruction": .string("Answer."), "tools": .array([.string("calculator")]),
                            "temperature": .null,
                        ]),
                        messages: [
                            .object(["role": .string("user"), "content": .string(Samples.hostile)]),
                            .object([
                                "role": .string("assistant"), "content": .string(""),
                                "tool_calls": .array([.string("calculator")]),
                            ]),
                            .object([
                                "role": .string("tool"), "tool_name": .string("calculator"), "content": .string("42"),
                            ]),
                        ]
                    )
                ])
            ),
            ("agent-new", agentForm(nil, .init())),
            ("agent-edit", agentForm(id(40), hostileDraft)),
            ("budgets", budgets(Samples.budgets(id))), ("budgets-none", budgets([])),
            ("budget-new", newBudget), ("budget", changedBudget),
            ("settings", settings),
            (
                "admin",
                AdminView(page: frame(voice.words["admin.title"], .admin), places: AdminPlace.allCases, voice: voice)
            ),
        ] + administrationPages + mcpPages + referencePages
    }

    private var hostileDraft: AgentFormView.Draft {
        .init(
            displayName: Samples.hostile,
            name: "reviewer",
            description: Samples.hostile,
            instruction: Samples.hostile,
            temperature: "9",
            capabilities: "review",
            team: ["coding"],
            tools: ["calculator"],
            settings: ["timeout.calculator": Samples.hostile],
            skills: ["release-notes"],
            isShared: true
        )
    }

    private func agentForm(_ id: UUID?, _ draft: AgentFormView.Draft) -> AgentFormView {
        var errors = FormErrors()
        if id != nil { for field in ["instruction", "temperature", "tools"] { errors.add(field, Samples.hostile) } }
        return AgentFormView(
            page: frame(voice.words["agents.new"], .agents),
            id: id,
            draft: draft,
            offers: .init(
                colleagues: [(name: "coding", title: text("Coding", "编程"), about: text("Writes programs.", "编写程序。"))],
                models: [],
                tools: [
                    AgentTool(
                        id: self.id(90),
                        name: "calculator",
                        description: "Computes.",
                        level: .readOnly,
                        decision: .allow,
                        parameters: try? JSONValue(
                            parsing: #"{"properties":{"exact":{"type":"boolean"},"digits":{"type":"integer"}}}"#
                        )
                    )
                ],
                skills: [SkillNote(name: "release-notes", description: Samples.hostile)]
            ),
            errors: errors,
            voice: voice
        )
    }

    /// `isPlain`: somebody else's, without tools.
    private func agent(isPlain: Bool = false) -> AgentView {
        let skill = SkillRecord(
            id: id(95),
            skill: SkillText(name: "release-notes", description: Samples.hostile, instructions: "x"),
            files: [],
            userID: id(1),
            updatedAt: ago(9)
        )
        return AgentView(
            page: frame(text("Assistant", "助手"), .agents),
            id: id(40),
            name: text("Assistant", "助手"),
            description: text("Answers questions and writes.", "回答问题，也能写作。"),
            instruction: text("You are a helpful assistant.\nSay what you do not know.", "你是一个乐于助人的助手。\n不知道就说不知道。"),
            capabilities: [text("writing", "写作"), text("explaining", "解释")],
            isSystem: true,
            isOwn: !isPlain,
            team: ["coding", Samples.hostile],
            numbers: .init(model: nil, runs: 584, successRate: 0.964, time: 48, lastUsedAt: ago(12)),
            tools: isPlain
                ? []
                : [
                    AgentTool(
                        id: id(90),
                        name: "calculator",
                        description: "Computes.",
                        level: .readOnly,
                        decision: .allow
                    ),
                    AgentTool(
                        id: id(91),
                        name: "git_push",
                        description: "Pushes a branch.",
                        level: .privileged,
                        ownDecision: .ask,
                        decision: .ask
                    ),
                ],
            use: [
                ToolUse(
                    toolName: "calculator",
                    agentID: id(40),
                    agentName: nil,
                    calls: 7,
                    failedCalls: 0,
                    cachedCalls: 2,
                    seconds: 0.1,
                    lastUsedAt: ago(3)
                )
            ],
            skills: .init([skill], chosen: ["release-notes"], mayChoose: !isPlain),
            network: AgentNetworkView(.none, typed: Samples.hostile, error: Samples.hostile, voice: voice),
            voice: voice
        )
    }

    private var secrets: ToolSecretsView {
        var draft = ToolSecretsView.Draft(name: Samples.hostile, hosts: Samples.hostile, isShared: true)
        for field in ["secret_name", "secret_value", "secret_hosts"] { draft.errors.add(field, Samples.hostile) }
        let known = [("GITHUB", false), ("WEATHER", true)].enumerated().map { index, one in
            ToolSecret(
                id: id(70 + UInt8(index)),
                name: one.0,
                places: ["api.example.org", "*.example.net"].compactMap(SecretPlace.init),
                isShared: one.1,
                createdAt: ago(600)
            )
        }
        return ToolSecretsView(known, draft: draft, mayShare: true, voice: voice)
    }

    private var settings: SettingsView {
        var profileErrors = FormErrors()
        profileErrors.add("nickname", voice.words["form.nicknameEmpty"])
        profileErrors.add("timezone", voice.words["settings.timezoneWrong"])
        var passwordErrors = FormErrors()
        passwordErrors.add("current_password", voice.words["settings.passwordWrong"])
        return SettingsView(
            page: frame(voice.words["settings.title"]),
            draft: .init(
                nickname: text("Member One", "成员一"),
                email: "one@harbour.example",
                timezone: "UTC+8:00",
                language: language,
                theme: "system"
            ),
            sessions: signIns.enumerated().map { SessionRow($1, isCurrent: $0 == 0, voice: voice) },
            secrets: secrets,
            profileErrors: profileErrors,
            passwordErrors: passwordErrors,
            voice: voice
        )
    }

    private func requests(_ requests: [ModelRequestRecord]) -> RequestsView {
        RequestsView(
            page: frame(voice.words["sent.title"], .conversations),
            run: id(2),
            requests: requests,
            voice: voice
        )
    }
}
