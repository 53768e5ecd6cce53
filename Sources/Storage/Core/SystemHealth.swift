package import Engine
package import Foundation
import Postgres

/// How the database, the workers, the queue and the providers of all organisations are.
package struct SystemHealth: Sendable, Equatable {
    package var database: DatabaseState
    /// Those that were heard of in the last hour, the silent last.
    package var workers: [WorkerState]
    package var queue: QueueState
    /// Those that are on, by name.
    package var providers: [ProviderState]
    package var mail: MailState

    package init(
        database: DatabaseState,
        workers: [WorkerState],
        queue: QueueState,
        providers: [ProviderState],
        mail: MailState = MailState()
    ) {
        self.database = database
        self.workers = workers
        self.queue = queue
        self.providers = providers
        self.mail = mail
    }

    package struct DatabaseState: Sendable, Equatable {
        /// `15.14`
        package var version: String
        package var name: String
        package var bytes: Int
        /// To this database, of all processes, and how many the server allows for all of its databases.
        package var connections: Int
        package var connectionLimit: Int
        /// Seconds of the simplest question, there and back.
        package var latency: Double
        package var startedAt: Date

        package init(
            version: String,
            name: String,
            bytes: Int,
            connections: Int,
            connectionLimit: Int,
            latency: Double,
            startedAt: Date
        ) {
            self.version = version
            self.name = name
            self.bytes = bytes
            self.connections = connections
            self.connectionLimit = connectionLimit
            self.latency = latency
            self.startedAt = startedAt
        }
    }

    package struct WorkerState: Sendable, Equatable {
        package var id: UUID
        /// The machine, and the version of the program there; nil of one that has not said it yet.
        package var node: String?
        package var version: String?
        package var startedAt: Date
        /// Seconds since it was heard of; nil once it has said goodbye.
        package var silence: Double?
        /// How many runs it has in hand.
        package var runs: Int

        package init(id: UUID, node: String?, version: String?, startedAt: Date, silence: Double?, runs: Int) {
            self.id = id
            self.node = node
            self.version = version
            self.startedAt = startedAt
            self.silence = silence
            self.runs = runs
        }
    }

    package struct QueueState: Sendable, Equatable {
        /// How many runs have not ended, by state; states without any are left out.
        package var runs: [RunState: Int]
        /// Since when the oldest queued run waits.
        package var oldestQueuedAt: Date?
        /// Of the last hour: how many have ended, and how many failed, by code.
        package var ended: Int
        package var failures: [String: Int]

        package init(runs: [RunState: Int], oldestQueuedAt: Date?, ended: Int, failures: [String: Int]) {
            self.runs = runs
            self.oldestQueuedAt = oldestQueuedAt
            self.ended = ended
            self.failures = failures
        }
    }

    package struct ProviderState: Sendable, Equatable {
        package var id: UUID
        package var kind: ProviderKind
        package var name: String
        package var organisation: String
        /// `pending`, `success` or `failed`.
        package var testStatus: String
        package var testMessage: String?
        package var lastTestedAt: Date?

        package init(
            id: UUID,
            kind: ProviderKind,
            name: String,
            organisation: String,
            testStatus: String,
            testMessage: String?,
            lastTestedAt: Date?
        ) {
            self.id = id
            self.kind = kind
            self.name = name
            self.organisation = organisation
            self.testStatus = testStatus
            self.testMessage = testMessage
            self.lastTestedAt = lastTestedAt
        }
    }
}

extension Store {
    /// For administrators; nil for others.
    package func systemHealth(by principal: Principal) async throws -> SystemHealth? {
        guard principal.may(.systemRead) else { return nil }
        let clock = ContinuousClock()
        let latency = try await clock.measure { try await ping() }
        let answers = try await batch(
            [
                """
                select current_setting('server_version') as version, current_database()::text as name,
                    pg_database_size(current_database()) as bytes, pg_postmaster_start_time() as started_at,
                    (select count(*) from pg_stat_activity where datname = current_database()) as connections,
                    current_setting('max_connections')::integer as connection_limit
                """,
                """
                select w.worker_id, w.node, w.version, w.started_at,
                    case when w.heartbeat_at > '-infinity'
                        then extract(epoch from now() - w.heartbeat_at)::double precision end as silence,
                    (select count(*) from runs r where r.lease_owner = w.worker_id) as runs
                from workers w
                where w.heartbeat_at > now() - interval '1 hour'
                    or exists (select from runs r where r.lease_owner = w.worker_id)
                order by w.heartbeat_at < now() - interval '1 minute', w.node, w.started_at limit 200
                """,
                """
                select state, count(*) as runs, min(created_at) as oldest_at from runs where finished_at is null
                group by state
                """,
                """
                select count(*) as runs, r.error_code from runs r
                where r.run_id >= uuid_at(now() - interval '1 hour') and r.finished_at is not null
                group by r.error_code
                """,
                """
                select l.llm_id, l.provider, l.provider_name, o.name as organisation, l.test_status, l.test_message,
                    l.last_tested_at
                from llmconfigs l join organisations o on o.org_id = l.org_id
                where l.is_active order by l.test_status = 'failed' desc, l.provider_name, l.llm_id limit 200
                """,
                SystemHealth.MailState.question,
            ],
            by: .system
        )
        guard let database = answers[0].first else { return nil }
        return SystemHealth(
            database: try .init(database, latency: latency / .seconds(1)),
            workers: try answers[1].map(SystemHealth.WorkerState.init),
            queue: try .init(live: answers[2], ended: answers[3]),
            providers: try answers[4].map(SystemHealth.ProviderState.init),
            mail: try answers[5].first.map(SystemHealth.MailState.init) ?? SystemHealth.MailState()
        )
    }
}

extension SystemHealth.DatabaseState {
    init(_ row: Row, latency: Double) throws {
        // `15.14 (Debian 15.14-0+deb12u1)`
        let version: String = try row.get("version")
        self.init(
            version: String(version.prefix { $0 != " " }),
            name: try row.get("name"),
            bytes: try row.get("bytes"),
            connections: try row.get("connections"),
            connectionLimit: try row.get("connection_limit"),
            latency: latency,
            startedAt: try row.get("started_at")
        )
    }
}

extension SystemHealth.WorkerState {
    init(_ row: Row) throws {
        self.init(
            id: try row.get("worker_id"),
            node: try row.get("node"),
            version: try row.get("version"),
            startedAt: try row.get("started_at"),
            silence: try row.get("silence"),
            runs: try row.get("runs")
        )
    }
}

extension SystemHealth.QueueState {
    init(live: Rows, ended: Rows) throws {
        self.init(runs: [:], oldestQueuedAt: nil, ended: 0, failures: [:])
        for row in live {
            let state: RunState = try row.get("state")
            runs[state] = try row.get("runs")
            if state == .queued { oldestQueuedAt = try row.get("oldest_at") }
        }
        for row in ended {
            let number: Int = try row.get("runs")
            self.ended += number
            if let code = try row.get("error_code", as: String?.self) { failures[code] = number }
        }
    }
}

extension SystemHealth.ProviderState {
    init(_ row: Row) throws {
        self.init(
            id: try row.get("llm_id"),
            kind: try row.get("provider"),
            name: try row.get("provider_name"),
            organisation: try row.get("organisation"),
            testStatus: try row.get("test_status"),
            testMessage: try row.get("test_message"),
            lastTestedAt: try row.get("last_tested_at")
        )
    }
}
