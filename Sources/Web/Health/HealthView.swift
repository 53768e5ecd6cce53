import Engine
import Foundation
import Storage

/// How the system is: what is wrong and what to do, then the facts part by part.
struct HealthView: View {
    static let template = "health"

    let page: Frame
    let problems: [NoticeView]
    let isWell: Bool
    let database: [Fact]
    let queue: [Fact]
    let workers: [Worker]
    let hasWorkers: Bool
    let providers: [Provider]
    let hasProviders: Bool
    let mail: [Fact]
    /// Whether the reader may have a mail sent to themselves.
    let mayTry: Bool
    let sandbox: String
    let disks: [Disk]
    let programs: [Fact]

    struct Worker: Sendable {
        let node: String
        let id: String
        let state: StateView
        let version: String
        let runs: String
        let since: TimeText
    }

    struct Provider: Sendable {
        let name: String
        let organisation: String
        let state: StateView
        let detail: String
    }

    struct Disk: Sendable {
        let name: String
        let path: String
        let free: String
        /// Of what is used, as an SVG length.
        let used: String
    }

    init(page: Frame, report: HealthReport, mayTry: Bool, voice: Voice) {
        let words = voice.words
        self.page = page
        problems = report.problems.map { problem in
            NoticeView(
                kind: problem.severity == .failure ? "fail" : "wait",
                title: words("health.problem.\(problem.code)", problem.values),
                text: words("health.advice.\(problem.code)", problem.values)
            )
        }
        isWell = problems.isEmpty
        database = HealthView.database(report, voice: voice)
        queue = HealthView.queue(report.system.queue, voice: voice)
        workers = report.system.workers.map { HealthView.worker($0, voice: voice) }
        hasWorkers = !workers.isEmpty
        providers = report.system.providers.map { HealthView.provider($0, report.troubles[$0.id], voice: voice) }
        hasProviders = !providers.isEmpty
        mail = HealthView.mail(report, voice: voice)
        self.mayTry = mayTry
        sandbox =
            switch report.facts.sandbox {
            case .ready(let summary, _): summary
            case .unavailable(let reason): reason
            case .off: words["health.sandboxOff"]
            }
        disks = report.facts.disks.map { disk in
            Disk(
                name: words["health.disk.\(disk.name)"],
                path: disk.path,
                free: words(
                    "health.free",
                    ["free": voice.bytes(Int64(disk.freeBytes)), "total": voice.bytes(Int64(disk.totalBytes))]
                ),
                used: SVGLength.percent(
                    Decimal(disk.totalBytes - disk.freeBytes),
                    of: Decimal(disk.totalBytes)
                )
            )
        }
        programs = report.facts.programs.map { Fact(name: $0.name, value: $0.version) }
    }

    private static func database(_ report: HealthReport, voice: Voice) -> [Fact] {
        let (words, database) = (voice.words, report.system.database)
        let migrations = report.facts.migrations
        return [
            Fact(name: "PostgreSQL", value: database.version),
            Fact(name: words["health.size"], value: voice.bytes(Int64(database.bytes))),
            Fact(
                name: words["health.connections"],
                value: words(
                    "health.ofLimit",
                    ["n": database.connections.grouped, "limit": database.connectionLimit.grouped]
                )
            ),
            Fact(name: words["health.latency"], value: voice.duration(database.latency)),
            Fact(name: words["health.runsSince"], value: voice.time(database.startedAt).text),
            Fact(
                name: words["health.migrations"],
                value: migrations.map {
                    $0.pending.isEmpty
                        ? words("health.allApplied", ["n": String($0.applied)])
                        : words.count("health.pending", $0.pending.count)
                } ?? words["health.unknown"]
            ),
        ]
    }

    private static func queue(_ queue: SystemHealth.QueueState, voice: Voice) -> [Fact] {
        let words = voice.words
        let live = RunState.allCases.filter { !$0.isFinal }.map { state in
            Fact(name: words["health.state.\(state.rawValue)"], value: (queue.runs[state] ?? 0).grouped)
        }
        let failed = queue.failures.reduce(0) { $0 + $1.value }
        let codes = queue.failures.sorted { $0.value > $1.value }.prefix(3).map { "\($0.key) \($0.value)" }
        return live + [
            Fact(
                name: words["health.oldest"],
                value: queue.oldestQueuedAt.map { voice.time($0).text } ?? words["health.none"]
            ),
            Fact(name: words["health.ended"], value: queue.ended.grouped),
            Fact(
                name: words["health.failed"],
                value: ([failed.grouped] + (codes.isEmpty ? [] : ["(" + codes.joined(separator: ", ") + ")"]))
                    .joined(separator: " ")
            ),
        ]
    }

    private static func mail(_ report: HealthReport, voice: Voice) -> [Fact] {
        let (words, mail) = (voice.words, report.system.mail)
        let numbers = [
            Fact(name: words["health.mailQueued"], value: mail.queued.grouped),
            Fact(name: words["health.mailSent"], value: mail.sent.grouped),
            Fact(name: words["health.mailGivenUp"], value: mail.givenUp.grouped),
        ]
        guard let facts = report.facts.mail else {
            return [Fact(name: words["health.mailServer"], value: words["health.noMail"])]
                + (mail.queued > 0 ? numbers : [])
        }
        return facts.facts(words) + numbers
            + (mail.oldestQueuedAt.map { [Fact(name: words["health.oldest"], value: voice.time($0).text)] } ?? [])
            + (mail.lastError.map { [Fact(name: words["health.detail"], value: $0)] } ?? [])
    }

    private static func worker(_ worker: SystemHealth.WorkerState, voice: Voice) -> Worker {
        let words = voice.words
        let state =
            if HealthReport.isAlive(worker) {
                StateView(kind: "done", sign: voice.icons("tick"), word: words["health.alive"])
            } else if let silence = worker.silence {
                StateView(
                    kind: "fail",
                    sign: voice.icons("warn"),
                    word: words("health.silent", ["time": voice.duration(silence)])
                )
            } else {
                StateView(kind: "", sign: voice.icons("leave"), word: words["health.gone"])
            }
        return Worker(
            node: worker.node ?? words["health.unnamed"],
            id: worker.id.text,
            state: state,
            version: worker.version ?? "",
            runs: worker.runs.grouped,
            since: voice.time(worker.startedAt)
        )
    }

    private static func provider(
        _ provider: SystemHealth.ProviderState,
        _ trouble: ProviderHealth.Trouble?,
        voice: Voice
    ) -> Provider {
        let test: ProviderTest =
            switch provider.testStatus {
            case "success": .passed
            case "failed": .failed(code: nil, message: provider.testMessage ?? "")
            default: .none
            }
        let state =
            trouble == nil
            ? StateView(test, isActive: true, voice: voice)
            : StateView(kind: "fail", sign: voice.icons("warn"), word: voice.words["providers.failing"])
        let notice = trouble.map { NoticeView($0, voice: voice) } ?? test.notice(voice: voice)
        return Provider(
            name: provider.name,
            organisation: provider.organisation,
            state: state,
            detail: notice?.text ?? provider.lastTestedAt.map { voice.time($0).text } ?? ""
        )
    }
}
