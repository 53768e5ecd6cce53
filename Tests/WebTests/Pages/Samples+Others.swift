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
                            isSystem: true,
                            isOff: true
                        )
                    ],
                    pager: PageTurner(Page(number: 2, size: 100), shown: 100, total: 240, voice: voice) {
                        "/agents?page=\($0)"
                    }
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
            ("agent-edit-quiet", agentForm(id(40), .init(displayName: "Scribe"), isQuiet: true)),
            ("agent-version", agentVersion()), ("agent-version-same", agentVersion(isSame: true)),
            ("agent-version-overtaken", agentVersion(isOvertaken: true)),
            ("agent-import", agentImport),
            ("budgets", budgets(Samples.budgets(id))), ("budgets-none", budgets([])),
            ("budget-new", newBudget), ("budget", changedBudget),
            ("settings", settings),
            (
                "admin",
                AdminView(page: frame(voice.words["admin.title"], .admin), places: AdminPlace.allCases, voice: voice)
            ),
        ] + administrationPages + mcpPages + referencePages
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
