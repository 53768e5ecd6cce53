package import Engine
package import Logging
package import Postgres

/// Everything that must be remembered. Every question carries who asks, and the database checks it again.
package struct Store: Sendable {
    let database: Database
    let keys: SealingKeys
    let passwords: PasswordHasher
    let logger: Logger
    let runsPerUser: Int
    package let fileLimits: FileLimits
    /// Where this process is, for whoever looks after the system.
    let node: Node?
    let ends = Gathering<RunOutcome, Bool>(limit: RunEnds.limit)
    let briefs = Gathering<ClaimedRun, RunBrief>(limit: 32)
    let paidCalls = Gathering<PaidCall, Void>(limit: PaidCall.limit)
    let notedCalls = Gathering<PaidCall, Void>(limit: PaidCall.limit, pause: PaidCall.pause)
    let callsUnderWay = CallsUnderWay()
    let gatewayRoutes = Remembered<GatewayQuestion, GatewayRoute>(for: .seconds(1))
    let keyIdentities = Remembered<[UInt8], APIKeyIdentity>(for: .seconds(1))

    /// `passwordCost` is bcrypt's: each step doubles the time of a hash. `runsPerUser` is how many runs of one person are
    /// at work at once, on all nodes together; the others wait.
    package init(
        database: Database,
        keys: SealingKeys,
        logger: Logger,
        passwordCost: Int = 12,
        runsPerUser: Int = 64,
        fileLimits: FileLimits = FileLimits(),
        node: Node? = nil
    ) {
        self.database = database
        self.keys = keys
        self.logger = logger
        self.runsPerUser = runsPerUser
        self.fileLimits = fileLimits
        self.node = node
        passwords = PasswordHasher(cost: passwordCost)
    }
}

/// A machine that runs the program, and in which version.
package struct Node: Sendable {
    let name: String
    let version: String

    package init(name: String, version: String) {
        self.name = String(name.prefix(100))
        self.version = String(version.prefix(50))
    }
}

extension Store {
    /// One statement in one round trip.
    @discardableResult
    func query(_ query: Query, by principal: Principal) async throws -> Rows {
        let answers = try await batch([query], by: principal)
        guard let rows = answers.first else { throw StorageError(.failed, "The database did not answer.") }
        return rows
    }

    /// Some statements in one round trip and one transaction.
    @discardableResult
    func batch(_ queries: [Query], by principal: Principal) async throws -> [Rows] {
        var attempts = 0
        while true {
            do {
                return try await database.batch(queries, with: principal.settings)
            } catch let error as DatabaseError {
                attempts += 1
                // Chosen as the victim of a deadlock: all of it was undone, so all of it may be done again.
                if attempts < 3, ["40001", "40P01"].contains(error.sqlState) { continue }
                if error.code == .cancelled { throw CancellationError() }
                throw StorageError(error)
            }
        }
    }
}
