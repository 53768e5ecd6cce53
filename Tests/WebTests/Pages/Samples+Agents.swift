import Engine
import Foundation
import Storage

@testable import Web

// Agents, their form, versions and files.
extension Samples {
    var hostileDraft: AgentFormView.Draft {
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

    /// `isQuiet`: nothing is wrong, and nothing was said to it.
    func agentForm(_ id: UUID?, _ draft: AgentFormView.Draft, isQuiet: Bool = false) -> AgentFormView {
        var errors = FormErrors()
        if id != nil, !isQuiet {
            for field in ["instruction", "temperature", "tools"] { errors.add(field, Samples.hostile) }
        }
        return AgentFormView(
            page: frame(voice.words["agents.new"], .agents),
            id: id,
            draft: draft,
            origin: id == nil || isQuiet
                ? AgentOrigin()
                : AgentOrigin(
                    version: 3,
                    missing: [.init(.model, Samples.hostile), .init(.tools, "fly")],
                    isOvertaken: true
                ),
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
                skills: [SkillNote(name: "release-notes", description: Samples.hostile)],
                isCut: true
            ),
            trial: id.map { id in
                AgentTrialView(
                    agent: id,
                    talk: .init(
                        conversation: isQuiet ? nil : self.id(2),
                        items: isQuiet ? [] : thread(isRunning: true, isAsked: false),
                        pending: isQuiet ? PendingView([], csrf: "token", voice: voice) : pending,
                        canStop: !isQuiet
                    ),
                    draft: isQuiet ? .init() : .init(text: Samples.hostile, problem: Samples.hostile),
                    notice: isQuiet ? nil : Samples.hostile
                )
            },
            errors: errors,
            voice: voice
        )
    }

    var agentHistory: HistoryView? {
        let page = Page(number: 2, size: 2)
        return HistoryView(
            [
                KeptVersion(
                    version: 3,
                    userID: id(1),
                    userName: Samples.hostile,
                    draft: AgentChanges(fields: ["instruction", "tools"], restored: 1),
                    createdAt: ago(5)
                ),
                KeptVersion(
                    version: 2,
                    userID: nil,
                    userName: nil,
                    draft: AgentChanges(fields: ["team"]),
                    createdAt: ago(50)
                ),
            ],
            current: "3",
            address: "/agents/x",
            mayChange: true,
            turner: PageTurner(page, shown: 2, total: 5, voice: voice) { "?versions=\($0)" },
            voice: voice
        ) { $0.words(voice.words) }
    }

    func agentVersion(isSame: Bool = false, isOvertaken: Bool = false) -> VersionView {
        let version = KeptVersion(
            version: 2,
            userID: id(1),
            userName: Samples.hostile,
            draft: AgentChanges(fields: []),
            createdAt: ago(50)
        )
        return VersionView(
            page: frame(voice.words("version.title", ["n": "2", "name": Samples.hostile]), .agents),
            of: .init(
                list: voice.words["agents.title"],
                listAddress: "/agents",
                name: Samples.hostile,
                address: "/agents/x",
                version: 3
            ),
            version,
            parts: isSame
                ? []
                : [
                    VersionView.Part(
                        voice.words["agents.instruction"],
                        text("Read it twice.\nSay what is wrong.", "读两遍。\n指出错误。"),
                        text("Read it once.\n", "读一遍。\n") + Samples.hostile
                    ), VersionView.Part(voice.words["agents.tools"], "web_fetch", "web_fetch\nweb_search"),
                ].compactMap(\.self),
            isOvertaken: isOvertaken,
            voice: voice
        )
    }

    var agentImport: AgentImportView {
        AgentImportView(
            page: frame(voice.words["agents.importTitle"], .agents),
            file: Field(
                "file",
                label: voice.words["agents.file"],
                type: "file",
                hint: voice.words["agents.fileHint"],
                error: Samples.hostile
            )
        )
    }

    /// `isPlain`: somebody else's, without tools.
    func agent(isPlain: Bool = false) -> AgentView {
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
            isOff: isPlain,
            team: ["coding", Samples.hostile],
            numbers: .init(model: nil, runs: 584, successRate: 0.964, time: 48, lastUsedAt: ago(12)),
            month: .init(
                figures: isPlain
                    ? AgentFigures(runs: 0, ended: 0, completed: 0, medianTime: nil)
                    : AgentFigures(runs: 31, ended: 30, completed: 29, medianTime: 12.5),
                costs: isPlain ? [:] : ["USD": 14.26],
                from: "2026-10-23",
                to: "2026-11-21"
            ),
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
            budgets: isPlain
                ? [] : Samples.budgets(id).map { BudgetRow($0, subjectName: $0.subjectName, voice: voice) },
            history: isPlain ? nil : agentHistory,
            voice: voice
        )
    }
}
