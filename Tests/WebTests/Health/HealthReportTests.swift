import Engine
import Foundation
import Storage
import Testing

@testable import Web

/// What is taken for a problem.
@Suite struct HealthReportTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func system(_ change: (inout SystemHealth) -> Void = { _ in }) -> SystemHealth {
        var system = Samples.health(now)
        change(&system)
        return system
    }

    private func problems(
        _ system: SystemHealth,
        _ facts: SystemFacts = SystemFacts(),
        troubles: [UUID: ProviderHealth.Trouble] = [:]
    ) -> [String] {
        HealthReport(system, facts: facts, troubles: troubles, now: now).problems.map(\.code)
    }

    @Test func aSystemThatIsWellHasNone() {
        let report = HealthReport(system(), facts: SystemFacts(), troubles: [:], now: now)
        #expect(report.problems.isEmpty && report.status == "ok")
    }

    @Test func workers() {
        #expect(problems(system { $0.workers = [] }) == ["noWorker"])
        #expect(HealthReport(system { $0.workers = [] }, facts: SystemFacts(), troubles: [:]).status == "failing")
        #expect(problems(system { $0.workers[0].silence = nil }) == ["noWorker", "silentWorker"])
        #expect(
            problems(
                system {
                    $0.workers.append(.init(id: UUID(), node: "b", version: "2", startedAt: now, silence: 1, runs: 0))
                }
            )
                == ["versions"]
        )
        #expect(problems(system { $0.queue.oldestQueuedAt = now.addingTimeInterval(-61) }) == ["queue"])
        #expect(problems(system { $0.queue.oldestQueuedAt = now.addingTimeInterval(-59) }) == [])
    }

    @Test func databaseAndHost() {
        #expect(problems(system { $0.mail = .init(queued: 3, sent: 9) }) == [])
        #expect(problems(system { $0.mail = .init(givenUp: 1, lastError: "550 No") }) == ["mail"])
        #expect(problems(system { $0.database.connections = 81 }) == ["connections"])
        #expect(problems(system { $0.database.latency = 0.3 }) == ["latency"])
        let pending = SystemFacts(migrations: .init(applied: 1, latest: nil, pending: ["2 x"]))
        #expect(problems(system(), pending) == ["migrations"])
        func disk(_ free: Int) -> SystemFacts {
            SystemFacts(disks: [.init(name: "data", path: "/data", freeBytes: free, totalBytes: 10_000_000_000)])
        }
        #expect(problems(system(), disk(3_000_000_000)) == [])
        #expect(HealthReport(system(), facts: disk(1_000_000_000), troubles: [:], now: now).status == "degraded")
        #expect(HealthReport(system(), facts: disk(1_000_000), troubles: [:], now: now).status == "failing")
        #expect(problems(system(), SystemFacts(sandbox: .unavailable(reason: "no"))) == ["sandbox"])
        #expect(
            problems(system(), SystemFacts(sandbox: .ready(summary: "half", isComplete: false))) == [
                "sandboxIncomplete"
            ]
        )
    }

    @Test func providersAndTheWorstFirst() {
        let well = system()
        let id = well.providers[0].id
        #expect(problems(well, troubles: [id: .init(since: now)]) == ["providerFails"])
        #expect(problems(system { $0.providers[0].testStatus = "failed" }) == ["providerTest"])
        let both = system { system in
            system.database.latency = 1
            system.workers = []
        }
        #expect(problems(both) == ["noWorker", "latency"])
    }

    @Test func everyProblemHasItsWords() throws {
        let codes = [
            "noWorker", "silentWorker", "versions", "queue", "connections", "latency", "migrations", "disk", "sandbox",
            "sandboxIncomplete", "providerFails", "providerTest",
        ]
        for language in Language.allCases {
            let words = try Fixtures.voice(language).words
            for code in codes {
                #expect(words.has("health.problem.\(code)") && words.has("health.advice.\(code)"), "\(code)")
            }
        }
    }
}
