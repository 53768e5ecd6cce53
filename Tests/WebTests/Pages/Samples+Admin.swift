import Engine
import Foundation
import Storage

@testable import Web

extension Samples {
    /// A system that is well.
    static func health(_ now: Date) -> SystemHealth {
        SystemHealth(
            database: .init(
                version: "15.14",
                name: "alma",
                bytes: 812_000_000,
                connections: 12,
                connectionLimit: 100,
                latency: 0.0004,
                startedAt: now.addingTimeInterval(-90_000)
            ),
            workers: [.init(id: .v7(), node: hostile, version: "1", startedAt: now, silence: 0.4, runs: 3)],
            queue: .init(
                runs: [.running: 3, .queued: 2],
                oldestQueuedAt: now,
                ended: 40,
                failures: ["MODEL_TIMEOUT": 2]
            ),
            providers: [
                .init(
                    id: .v7(),
                    kind: .openai,
                    name: hostile,
                    organisation: hostile,
                    testStatus: "success",
                    testMessage: nil,
                    lastTestedAt: now
                )
            ]
        )
    }

    private func health(_ system: SystemHealth, _ facts: SystemFacts) -> HealthView {
        HealthView(
            page: frame(voice.words["admin.place.health"], .admin),
            report: HealthReport(system, facts: facts, troubles: [:], now: voice.now),
            mayTry: facts.mail != nil,
            voice: voice
        )
    }

    private var sickSystem: SystemHealth {
        var system = Samples.health(voice.now)
        system.workers = [
            .init(id: id(1), node: nil, version: nil, startedAt: voice.now, silence: 300, runs: 2),
            .init(id: id(2), node: "harbour-2", version: "1", startedAt: voice.now, silence: nil, runs: 0),
        ]
        system.database.connections = 99
        system.mail = .init(queued: 2, oldestQueuedAt: voice.now, sent: 7, givenUp: 1, lastError: Samples.hostile)
        system.providers[0].testStatus = "failed"
        system.providers[0].testMessage = Samples.hostile
        return system
    }

    private func listed(_ number: UInt8, _ state: RunState, agent: String?) -> ListedRun {
        ListedRun(
            record: RunRecord(
                run: run(state, error: state == .failed ? "MODEL_TIMEOUT" : nil),
                calls: Int(number),
                tokens: TokenUsage(input: 41_200, output: 900),
                costs: state == .running ? ["USD": 0.12] : [:]
            ),
            agentName: agent,
            systemName: number == 1 ? "assistant" : nil,
            userName: agent == nil ? nil : Samples.hostile,
            lastEvent: .toolCall,
            toolName: "web_fetch"
        )
    }

    private func runList(
        _ query: String,
        _ items: [ListedRun],
        total: Int,
        isWhole: Bool = true
    ) -> RunListView {
        var page = frame(voice.words["admin.place.runs"], .admin)
        page.isLive = true
        return RunListView(
            page: page,
            choice: RunListChoice(QueryReader(Form(body: query)), isWhole: isWhole),
            runs: Paged(items: items, page: Page(), total: total),
            voice: voice
        )
    }

    var adminPages: [(name: String, view: any View)] {
        let lived = runList(
            "page=2&agent_id=\(id(93).text)&user_id=\(id(92).text)",
            [
                listed(1, .running, agent: Samples.hostile), listed(2, .waiting, agent: Samples.hostile),
                listed(3, .failed, agent: nil),
            ],
            total: 180
        )
        return [
            ("health", health(Samples.health(voice.now), SystemFacts())),
            (
                "health-sick",
                health(
                    sickSystem,
                    SystemFacts(
                        sandbox: .unavailable(reason: Samples.hostile),
                        mail: .init(server: "mail.example.org:587", security: "starttls", sender: Samples.hostile),
                        disks: [.init(name: "data", path: "/data", freeBytes: 9, totalBytes: 100)],
                        programs: [.init(name: "libpq", version: "15.14")],
                        migrations: .init(applied: 42, latest: "42 x", pending: ["43 y"])
                    )
                )
            ),
            ("admin-audit", audit(AuditFilter(), events)), ("admin-audit-none", audit(AuditFilter(who: "x"), [])),
            ("own-audit", audit(AuditFilter(), events, of: id(92))),
            ("admin-tool-calls", toolCalls("user_id=\(id(92).text)&decision=denied", calls)),
            ("admin-tool-calls-none", toolCalls("", [])),
            ("admin-settings", instance("many", announcement: Samples.hostile)),
            ("admin-settings-new", instance("", announcement: "")),
            ("admin-backups-none", backups([], BackupState())),
            ("admin-backups", backups(["alma-1-manual.dump"], BackupState(startedAt: ago(1), writtenBytes: 900_000))),
            ("admin-backups-failed", backups(["alma-1-manual.dump"], BackupState(failure: Samples.hostile))),
            ("health-empty", health(empty, SystemFacts(sandbox: .ready(summary: "all", isComplete: true)))),
            ("admin-runs", lived), ("admin-runs-none", runList("state=all", [], total: 0)),
            (
                "own-runs",
                runList("state=all", [listed(1, .running, agent: Samples.hostile)], total: 1, isWhole: false)
            ),
        ]
    }

    private var events: [AuditEvent] {
        [("user.approved", "{}"), (Samples.hostile, #"{"before":{"name":"x"},"after":{"role":"admin"}}"#)].enumerated()
            .map { index, act in
                AuditEvent(
                    id: id(UInt8(index)),
                    userID: index == 0 ? id(92) : nil,
                    userName: index == 0 ? Samples.hostile : nil,
                    userEmail: index == 0 ? "one@harbour.example" : nil,
                    action: act.0,
                    target: Samples.hostile,
                    detail: act.1,
                    address: "192.0.2.1",
                    createdAt: ago(3)
                )
            }
    }

    private func audit(_ filter: AuditFilter, _ events: [AuditEvent], of person: UUID? = nil) -> AuditView {
        AuditView(
            page: frame(voice.words["admin.place.audit"], .admin),
            choice: AuditChoice(QueryReader(Form(body: "who=%3Cscript%3E&page=2")), of: person),
            events: Paged(items: events, page: Page(), total: events.count * 200),
            voice: voice
        )
    }

    private var calls: [AuditedCall] {
        [true, false].map { succeeded in
            AuditedCall(
                runID: id(90),
                callID: "call",
                userID: id(92),
                userName: succeeded ? Samples.hostile : nil,
                agentID: id(93),
                agentName: succeeded ? Samples.hostile : nil,
                conversationID: id(2),
                toolName: "web_fetch",
                decision: succeeded ? .allowed : .denied,
                succeeded: succeeded,
                seconds: 0.4,
                resultBytes: 41_200,
                calledAt: ago(4)
            )
        }
    }

    private func toolCalls(_ query: String, _ calls: [AuditedCall]) -> ToolCallsView {
        ToolCallsView(
            page: frame(voice.words["admin.place.audit"], .admin),
            choice: ToolCallChoice(QueryReader(Form(body: query))),
            calls: Paged(items: calls, page: Page(), total: calls.count * 200),
            voice: voice
        )
    }

    private func instance(_ days: String, announcement: String) -> InstanceView {
        var frame = frame(voice.words["admin.place.settings"], .admin)
        var notice = SiteNotice()
        notice.announcement = announcement.isEmpty ? nil : announcement
        frame.announcement = AnnouncementView(notice, dismissed: "x")
        (frame.terms, frame.privacy) = ("https://example.org/terms", "https://example.org/privacy")
        let mode = days.isEmpty ? "open" : "ajar"
        let form = Form(
            body: "registration=\(mode)&conversation_days=\(days)&announcement=\(announcement.addressEncoded)"
        )
        let mail = SystemFacts.Mail(server: "mail.example.org:587", security: "starttls", sender: Samples.hostile)
        return InstanceView(
            page: frame,
            input: InstanceInput(form, voice: voice),
            counts: RetentionCounts(conversations: 4100, logs: 12),
            state: days.isEmpty
                ? InstanceState()
                : InstanceState(mail: mail, choices: [Fact(name: "Default", value: Samples.hostile)]),
            voice: voice
        )
    }

    private func backups(_ names: [String], _ state: BackupState) -> BackupView {
        BackupView(
            page: frame(voice.words["admin.place.backups"], .admin),
            files: names.map { BackupFile(name: $0, kind: .manual, bytes: 21_000_000, madeAt: ago(4000)) },
            state: state,
            voice: voice
        )
    }

    private var empty: SystemHealth {
        var system = Samples.health(voice.now)
        (system.workers, system.providers) = ([], [])
        return system
    }
}
