import Engine
import Foundation
import Storage

extension HealthReport {
    var representation: JSONObject {
        JSONObject {
            $0.set("status", status)
            $0.set("problems", problems.map(\.representation))
            $0.set("database", system.database.representation(facts.migrations))
            $0.set("workers", system.workers.map(\.representation))
            $0.set("queue", system.queue.representation)
            $0.set("providers", system.providers.map { $0.representation(trouble: troubles[$0.id]) })
            $0.set("mail", system.mail.representation(facts.mail))
            $0.set("sandbox", facts.sandbox.representation)
            $0.set("disks", facts.disks.map(\.representation))
            $0.set("programs", facts.programs.map(\.representation))
        }
    }
}

extension HealthReport.Problem {
    fileprivate var representation: JSONObject {
        JSONObject {
            $0.set("severity", severity.rawValue)
            $0.set("code", code.screamingSnakeCase)
            $0.set("details", values.json)
        }
    }
}

extension [String: String] {
    fileprivate var json: JSONObject {
        JSONObject { for (name, value) in sorted(by: { $0.key < $1.key }) { $0.set(name, value) } }
    }
}

extension String {
    /// `noWorker` as `NO_WORKER`, the way of our codes.
    fileprivate var screamingSnakeCase: String {
        reduce(into: "") { $0 += $1.isUppercase ? "_\($1)" : $1.uppercased() }
    }
}

extension SystemHealth.DatabaseState {
    fileprivate func representation(_ migrations: SystemFacts.Migrations?) -> JSONObject {
        JSONObject {
            $0.set("version", version)
            $0.set("name", name)
            $0.set("size_bytes", bytes)
            $0.set("connections", connections)
            $0.set("connection_limit", connectionLimit)
            $0.set("latency", latency)
            $0.set("started_at", startedAt)
            $0.raw("migrations", migrations?.representation.text)
        }
    }
}

extension SystemFacts.Migrations {
    fileprivate var representation: JSONObject {
        JSONObject {
            $0.set("applied", applied)
            $0.set("latest", latest)
            $0.set("pending", pending)
        }
    }
}

extension SystemHealth.WorkerState {
    fileprivate var representation: JSONObject {
        JSONObject {
            $0.set("worker_id", id)
            $0.set("node", node)
            $0.set("version", version)
            $0.set("started_at", startedAt)
            $0.set("is_alive", HealthReport.isAlive(self))
            $0.set("silent_seconds", silence)
            $0.set("runs", runs)
        }
    }
}

extension SystemHealth.QueueState {
    fileprivate var representation: JSONObject {
        JSONObject {
            $0.set("runs", waiting)
            $0.set("oldest_queued_at", oldestQueuedAt)
            $0.set("ended_last_hour", ended)
            $0.set("failed_last_hour", failures.reduce(0) { $0 + $1.value })
            $0.set("failures", codes)
        }
    }

    private var waiting: JSONObject {
        JSONObject { for state in RunState.allCases where !state.isFinal { $0.set(state.rawValue, runs[state] ?? 0) } }
    }

    private var codes: JSONObject {
        JSONObject { for (code, number) in failures.sorted(by: { $0.key < $1.key }) { $0.set(code, number) } }
    }
}

extension SystemHealth.ProviderState {
    fileprivate func representation(trouble: ProviderHealth.Trouble?) -> JSONObject {
        JSONObject {
            $0.set("llm_id", id)
            $0.set("provider", kind.rawValue)
            $0.set("provider_name", name)
            $0.set("organization", organisation)
            $0.set("test_status", testStatus)
            $0.set("test_message", testMessage)
            $0.set("last_tested_at", lastTestedAt)
            $0.set("failing_since", trouble?.since)
            $0.set("next_try_at", trouble?.nextTry)
        }
    }
}

extension SystemHealth.MailState {
    fileprivate func representation(_ facts: SystemFacts.Mail?) -> JSONObject {
        JSONObject {
            $0.set("server", facts?.server)
            $0.set("security", facts?.security)
            $0.set("sender", facts?.sender)
            $0.set("queued", queued)
            $0.set("oldest_queued_at", oldestQueuedAt)
            $0.set("sent", sent)
            $0.set("given_up", givenUp)
            $0.set("last_error", lastError)
        }
    }
}

extension SystemFacts.Sandbox {
    fileprivate var representation: JSONObject {
        JSONObject {
            switch self {
            case .ready(let summary, let isComplete):
                $0.set("state", isComplete ? "ready" : "incomplete")
                $0.set("summary", summary)
            case .unavailable(let reason):
                $0.set("state", "unavailable")
                $0.set("summary", reason)
            case .off: $0.set("state", "off")
            }
        }
    }
}

extension SystemFacts.Program {
    fileprivate var representation: JSONObject {
        JSONObject {
            $0.set("name", name)
            $0.set("version", version)
        }
    }
}

extension SystemFacts.Disk {
    fileprivate var representation: JSONObject {
        JSONObject {
            $0.set("name", name)
            $0.set("path", path)
            $0.set("free_bytes", freeBytes)
            $0.set("total_bytes", totalBytes)
        }
    }
}

extension Schema {
    static let health = object(
        "Health",
        [
            .choice("status", "ok", "degraded", "failing"),
            .list(
                "problems",
                of: .object([.choice("severity", "failure", "warning"), .text("code"), .field("details", .map(.text))])
            ),
            .field("database", .healthDatabase), .list("workers", of: .healthWorker), .field("queue", .healthQueue),
            .list("providers", of: .healthProvider), .field("mail", .healthMail),
            .field(
                "sandbox",
                .object([.choice("state", "ready", "incomplete", "unavailable", "off"), .text("summary").orMissing])
            ),
            .list(
                "disks",
                of: .object([.text("name"), .text("path"), .integer("free_bytes"), .integer("total_bytes")])
            ),
            .list("programs", of: .object([.text("name"), .text("version")])),
        ]
    )

    private static let healthDatabase = object([
        .text("version"), .text("name"), .integer("size_bytes"), .integer("connections"), .integer("connection_limit"),
        .number("latency").about("Seconds."), .date("started_at"),
        .field("migrations", .object([.integer("applied"), .text("latest").orNull, .list("pending")]).orNull),
    ])

    private static let healthWorker = object([
        .uuid("worker_id"), .text("node").orNull, .text("version").orNull, .date("started_at"), .flag("is_alive"),
        .number("silent_seconds").orNull, .integer("runs"),
    ])

    private static let healthQueue = object([
        .field("runs", .map(.integer)), .date("oldest_queued_at").orNull, .integer("ended_last_hour"),
        .integer("failed_last_hour"), .field("failures", .map(.integer)),
    ])

    private static let healthMail = object([
        .text("server", "Null where no mail is sent.").orNull, .text("security").orNull, .text("sender").orNull,
        .integer("queued"), .date("oldest_queued_at").orNull, .integer("sent", "In the last seven days."),
        .integer("given_up", "In the last seven days."), .text("last_error").orNull,
    ])

    private static let healthProvider = object([
        .uuid("llm_id"), .text("provider"), .text("provider_name"), .text("organization"), .text("test_status"),
        .text("test_message").orNull, .date("last_tested_at").orNull, .date("failing_since").orNull,
        .date("next_try_at").orNull,
    ])
}
