import Engine
import Foundation
import Storage

/// Everything that is known of how the system is, with what is wrong.
struct HealthReport: Sendable {
    /// Something that is wrong or about to be. Pages say in `health.problem.<code>` what, in `health.advice.<code>` what to do.
    struct Problem: Sendable, Equatable {
        enum Severity: String, Sendable { case failure, warning }

        let severity: Severity
        let code: String
        var values: [String: String] = [:]
    }

    /// Silent longer than this a worker is taken for dead, with the usual patience of the others.
    private static let silence = 15.0
    /// Seconds after which a queued run has waited too long.
    private static let patience = 60.0

    let system: SystemHealth
    let facts: SystemFacts
    /// What this process has met when it called providers, by provider.
    let troubles: [UUID: ProviderHealth.Trouble]
    let problems: [Problem]

    init(_ system: SystemHealth, facts: SystemFacts, troubles: [UUID: ProviderHealth.Trouble], now: Date = Date()) {
        self.system = system
        self.facts = facts
        self.troubles = troubles
        let found =
            HealthReport.ofWorkers(system, now) + HealthReport.ofDatabase(system.database, facts)
            + HealthReport.ofHost(facts) + HealthReport.ofMail(system.mail)
            + HealthReport.ofProviders(system, troubles)
        problems = found.filter { $0.severity == .failure } + found.filter { $0.severity == .warning }
    }

    /// `ok`, `degraded` or `failing`.
    var status: String {
        problems.contains { $0.severity == .failure } ? "failing" : problems.isEmpty ? "ok" : "degraded"
    }

    static func isAlive(_ worker: SystemHealth.WorkerState) -> Bool {
        worker.silence.map { $0 < silence } ?? false
    }

    private static func ofWorkers(_ system: SystemHealth, _ now: Date) -> [Problem] {
        var problems: [Problem] = []
        let alive = system.workers.filter(isAlive)
        if alive.isEmpty { problems.append(Problem(severity: .failure, code: "noWorker")) }
        for worker in system.workers where !isAlive(worker) && worker.runs > 0 {
            let values = ["node": worker.node ?? worker.id.text, "n": String(worker.runs)]
            problems.append(Problem(severity: .warning, code: "silentWorker", values: values))
        }
        let versions = Set(alive.compactMap(\.version)).sorted()
        if versions.count > 1 {
            let values = ["versions": versions.joined(separator: ", ")]
            problems.append(Problem(severity: .warning, code: "versions", values: values))
        }
        if let since = system.queue.oldestQueuedAt, now.timeIntervalSince(since) > patience, !alive.isEmpty {
            let minutes = Int(now.timeIntervalSince(since) / 60)
            let values = ["n": String(system.queue.runs[.queued] ?? 0), "minutes": String(minutes)]
            problems.append(Problem(severity: .warning, code: "queue", values: values))
        }
        return problems
    }

    private static func ofDatabase(_ database: SystemHealth.DatabaseState, _ facts: SystemFacts) -> [Problem] {
        var problems: [Problem] = []
        if database.connections * 5 > database.connectionLimit * 4 {
            let values = ["n": String(database.connections), "limit": String(database.connectionLimit)]
            problems.append(Problem(severity: .warning, code: "connections", values: values))
        }
        if database.latency > 0.25 {
            let values = ["ms": String(Int(database.latency * 1000))]
            problems.append(Problem(severity: .warning, code: "latency", values: values))
        }
        if let pending = facts.migrations?.pending, !pending.isEmpty {
            problems.append(
                Problem(severity: .warning, code: "migrations", values: ["names": pending.joined(separator: ", ")])
            )
        }
        return problems
    }

    private static func ofHost(_ facts: SystemFacts) -> [Problem] {
        var problems = facts.disks.compactMap { disk -> Problem? in
            guard disk.freeBytes < 2_000_000_000 else { return nil }
            let values = ["path": disk.path, "free": String(disk.freeBytes / 1_000_000)]
            return Problem(severity: disk.freeBytes < 500_000_000 ? .failure : .warning, code: "disk", values: values)
        }
        switch facts.sandbox {
        case .unavailable(let reason):
            problems.append(Problem(severity: .warning, code: "sandbox", values: ["reason": reason]))
        case .ready(let summary, isComplete: false):
            problems.append(Problem(severity: .warning, code: "sandboxIncomplete", values: ["reason": summary]))
        case .ready, .off: break
        }
        return problems
    }

    private static func ofMail(_ mail: SystemHealth.MailState) -> [Problem] {
        guard mail.givenUp > 0 else { return [] }
        let values = ["n": String(mail.givenUp), "reason": mail.lastError ?? ""]
        return [Problem(severity: .warning, code: "mail", values: values)]
    }

    private static func ofProviders(
        _ system: SystemHealth,
        _ troubles: [UUID: ProviderHealth.Trouble]
    ) -> [Problem] {
        system.providers.compactMap { provider in
            let values = ["name": provider.name, "organisation": provider.organisation]
            if troubles[provider.id] != nil {
                return Problem(severity: .warning, code: "providerFails", values: values)
            }
            guard provider.testStatus == "failed" else { return nil }
            return Problem(severity: .warning, code: "providerTest", values: values)
        }
    }
}
