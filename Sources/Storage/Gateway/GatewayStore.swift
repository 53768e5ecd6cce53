package import Engine
package import Foundation
import Logging
import Postgres

/// A call that has ended, on its way into the database.
struct PaidCall: Sendable {
    /// Of one transaction.
    static let limit = 256
    /// How long those wait for each other that nobody waits for: one commit is for all of them.
    static let pause = Duration.milliseconds(10)

    var usage: UsageRecord
    var caller: GatewayCaller
}

// What single calls need kept. It asks as the system, for everybody's programs.
extension Store: GatewayJournal {
    package func renew(_ calls: [UUID]) async throws {
        let until: Query = "now() + \(Gateway.patience.seconds) * interval '1 second'"
        try await batch(
            [
                "update provider_calls set held_until = \(until) where call_id = any(\(calls)::uuid[]) and held_until is not null",
                """
                update budget_reservations set held_until = \(until)
                where usage_id = any(\(calls)::uuid[]) and held_until is not null
                """,
            ],
            by: .system
        )
    }

    package func record(_ usage: UsageRecord, of caller: GatewayCaller) async throws {
        try await paidCalls.add(PaidCall(usage: usage, caller: caller)) { [self] in try await store($0) }
    }

    package func note(_ usage: UsageRecord, of caller: GatewayCaller) async throws {
        guard let number = callsUnderWay.begin() else { return try await record(usage, of: caller) }
        let call = PaidCall(usage: usage, caller: caller)
        // Nobody waits for it but `settleCalls`.
        notedCalls.add(call) { [self] in
            try await store($0)
        } then: { [self] outcome in
            switch outcome {
            case .success: callsUnderWay.end(number)
            case .failure(let error): Task { await persist(call, number, after: error) }
            }
        }
    }

    /// A database that is away for long is waited for, too, until the server ends; readers of costs wait for the first tries.
    private func persist(_ call: PaidCall, _ number: UInt64, after failure: any Error) async {
        defer { callsUnderWay.end(number) }
        let last = ContinuousClock.now + .seconds(900)
        var failure = failure
        while let error = failure as? StorageError, error.isTransient, !callsUnderWay.isClosed, .now < last {
            callsUnderWay.delay(number)
            do {
                try await Task.sleep(for: .seconds(2))
                return try await record(call.usage, of: call.caller)
            } catch {
                failure = error
            }
        }
        let (usage, user) = (call.usage, call.caller.user)
        logger.error(
            "What a call has cost could not be written down",
            metadata: [
                "user": "\(user.text)", "model": "\(usage.modelName)", "cost": "\(usage.cost ?? 0)",
                "currency": "\(usage.currency ?? "")", "error": "\(failure)",
            ]
        )
    }

    /// Before the database is closed: what could not be written until now is tried once more, and not again.
    package func closeCalls() async {
        callsUnderWay.close()
        await callsUnderWay.settled(all: true)
    }

    /// Until what the calls have cost that were answered so far stands in the database: for whoever reads it.
    package func settleCalls() async { await callsUnderWay.settled() }

    /// A database that is away for a moment is waited for: what was paid must be written down.
    private func store(_ calls: [PaidCall]) async throws -> [Void] {
        var delay = Duration.milliseconds(50)
        while true {
            do {
                try await query(UsageRows.insertion(of: calls.map(\.usage), by: calls.map(\.caller)), by: .system)
                return calls.map { _ in }
            } catch let error as StorageError where error.isTransient && delay < .seconds(4) && !callsUnderWay.isClosed
            {
                logger.warning("What calls have cost waits for the database", metadata: ["error": "\(error)"])
                try await Task.sleep(for: delay)
                delay *= 2
            }
        }
    }
}
