import CPostgres
import Foundation

/// Speaks with the server in libpq's pipeline mode: any number of statements go out together and are one transaction.
///
/// The calls block, which cannot end in both sides waiting to send: whenever the socket takes no more, libpq itself
/// reads what has come in before it tries again (`pqSendSome`).
final class Pipeline {
    /// True once nothing more can be done with this connection.
    private(set) var isBroken = false
    private let handle: OpaquePointer
    private var cache = StatementCache()
    private var wasUsed = false

    /// Takes the handle over; `close` gives it back.
    init(handle: OpaquePointer) {
        self.handle = handle
        isBroken = PQenterPipelineMode(handle) == 0
    }

    /// Must be the last call.
    func close() { PQfinish(handle) }

    /// No transaction is open.
    var isIdle: Bool { PQtransactionStatus(handle) == PQTRANS_IDLE }

    /// Whether the server has left, or has said something unasked, as it does before it leaves.
    var isStale: Bool {
        guard !isBroken, PQstatus(handle) == CONNECTION_OK else { return true }
        // TLS has things of its own to say after a connection was made; they are read with the first answer.
        guard wasUsed else { return false }
        var descriptor = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, 0) > 0
    }

    /// Sends `lead` and `queries` in one go and answers with the rows of `queries`, or with the first failure.
    func exchange(lead: [Query], _ queries: [Query], mayRetry: Bool) -> Result<[Rows], DatabaseError> {
        guard !lead.isEmpty || !queries.isEmpty else { return .success([]) }
        if let problem = (lead + queries).lazy.compactMap(\.problem).first { return .failure(problem) }
        var steps = Steps()
        if let error = send(lead, queries, as: &steps) { return .failure(breakOff(error)) }
        wasUsed = true
        let failure = receive(&steps)
        cache.trim()
        guard let failure else { return .success(steps.answers) }
        // The server undid everything, so a statement that only has to be prepared anew may be tried once more.
        guard mayRetry, failure.isStaleStatement, !isBroken else { return .failure(failure.error) }
        return exchange(lead: lead, queries, mayRetry: false)
    }

    private func breakOff(_ error: DatabaseError) -> DatabaseError {
        isBroken = true
        return error
    }
}

// MARK: Sending

extension Pipeline {
    /// What has been sent and will be answered in this order.
    private struct Steps {
        struct Step {
            var statement: Statement
            var kind: Kind
            /// The statement was made by this very exchange.
            var isNew: Bool
        }
        enum Kind { case prepare, lead, query }

        var deallocations = 0
        var all: [Step] = []
        var answers: [Rows] = []
    }

    private func send(_ lead: [Query], _ queries: [Query], as steps: inout Steps) -> DatabaseError? {
        // In a part of their own: they may not make a transaction of what is a statement by itself.
        for name in isIdle ? cache.takeCondemned() : [] {
            guard PQsendQueryParams(handle, "deallocate \(name)", 0, nil, nil, nil, nil, 0) == 1 else { return lost() }
            steps.deallocations += 1
        }
        if steps.deallocations > 0 { guard PQpipelineSync(handle) == 1 else { return lost() } }
        for query in lead { guard send(query, .lead, as: &steps) else { return lost(query) } }
        for query in queries { guard send(query, .query, as: &steps) else { return lost(query) } }
        return PQpipelineSync(handle) == 1 ? nil : lost()
    }

    private func send(_ query: Query, _ kind: Steps.Kind, as steps: inout Steps) -> Bool {
        let (statement, isNew) = cache.statement(for: query.sql)
        if isNew {
            guard PQsendPrepare(handle, statement.name, statement.sql, 0, nil) == 1 else { return false }
            steps.all.append(Steps.Step(statement: statement, kind: .prepare, isNew: true))
        }
        steps.all.append(Steps.Step(statement: statement, kind: kind, isNew: isNew))
        let count = Int32(query.parameters.entries.count)
        return query.parameters.withPointers {
            PQsendQueryPrepared(handle, statement.name, count, $0, nil, nil, 0) == 1
        }
    }

    private func lost(_ query: Query? = nil) -> DatabaseError {
        DatabaseError.connection(handle, .connectionLost, query: query?.sql)
    }
}

// MARK: Receiving

extension Pipeline {
    private struct Failure {
        var error: DatabaseError
        var isStaleStatement = false
    }

    private func receive(_ steps: inout Steps) -> Failure? {
        for _ in 0..<steps.deallocations { while let result = PQgetResult(handle) { PQclear(result) } }
        if steps.deallocations > 0 { _ = receiveSync() }
        var failure: Failure?
        for step in steps.all {
            guard let result = PQgetResult(handle) else { return Failure(error: breakOff(lost())) }
            if let fault = take(result, of: step, into: &steps.answers) { failure = failure ?? fault }
            if isBroken { return failure }
            // Each answer ends with a nil.
            while let surplus = PQgetResult(handle) { PQclear(surplus) }
        }
        // What is checked at the end, as a deferred constraint, fails here.
        let end = receiveSync()
        return failure ?? end
    }

    private func take(_ result: OpaquePointer, of step: Steps.Step, into answers: inout [Rows]) -> Failure? {
        let status = PQresultStatus(result)
        switch status {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
            guard step.kind == .query else { break }
            let columns = step.statement.columns ?? ResultHandle.columns(of: result)
            step.statement.columns = columns
            answers.append(Rows(handle: ResultHandle(result, columns: columns)))
            return nil
        case PGRES_PIPELINE_ABORTED:
            if step.kind == .prepare { cache.forget(step.statement, isOnServer: false) }
        case PGRES_FATAL_ERROR:
            defer { PQclear(result) }
            return failure(result, of: step)
        default:
            // COPY and the like have no place here, and there is no way back from them.
            PQclear(result)
            return Failure(error: breakOff(DatabaseError(.query, "this kind of statement cannot be run here", query: step.statement.sql)))
        }
        PQclear(result)
        return nil
    }

    private func failure(_ result: OpaquePointer, of step: Steps.Step) -> Failure {
        isBroken = PQstatus(handle) != CONNECTION_OK
        let error = DatabaseError(result: result, isConnectionLost: isBroken, query: step.statement.sql)
        guard step.kind != .prepare else {
            cache.forget(step.statement, isOnServer: false)
            return Failure(error: error)
        }
        switch error.sqlState {
        // The statement is gone, and with it likely all others: someone discarded them.
        case "26000": cache.forgetAll()
        // A table has changed under a prepared plan.
        case "0A000": cache.forget(step.statement, isOnServer: true)
        default: return Failure(error: error)
        }
        return Failure(error: error, isStaleStatement: !step.isNew)
    }

    private func receiveSync() -> Failure? {
        var failure: Failure?
        var silences = 0
        while PQstatus(handle) == CONNECTION_OK, silences < 3 {
            guard let result = PQgetResult(handle) else {
                silences += 1
                continue
            }
            defer { PQclear(result) }
            if PQresultStatus(result) == PGRES_PIPELINE_SYNC { return failure }
            let isLost = PQstatus(handle) != CONNECTION_OK
            failure = failure ?? Failure(error: DatabaseError(result: result, isConnectionLost: isLost, query: nil))
        }
        return failure ?? Failure(error: breakOff(lost()))
    }
}

// MARK: Scripts

extension Pipeline {
    /// Runs several statements at once inside an open transaction; one that fails ends the script.
    func run(script: String) -> Result<[Rows], DatabaseError> {
        if let problem = Query(unescaped: script).problem { return .failure(problem) }
        guard PQexitPipelineMode(handle) == 1, PQsendQuery(handle, script) == 1 else { return .failure(breakOff(lost())) }
        var failure: DatabaseError?
        while let result = PQgetResult(handle) {
            defer { PQclear(result) }
            let fault = scriptFault(result, in: script)
            failure = failure ?? fault
            if isBroken { break }
        }
        if !isBroken { isBroken = PQenterPipelineMode(handle) == 0 }
        if let failure { return .failure(failure) }
        guard PQtransactionStatus(handle) == PQTRANS_INTRANS else {
            return .failure(DatabaseError(.query, "the script ended the transaction that it was run in"))
        }
        return .success([])
    }

    private func scriptFault(_ result: OpaquePointer, in script: String) -> DatabaseError? {
        switch PQresultStatus(result) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: return nil
        case PGRES_FATAL_ERROR:
            isBroken = PQstatus(handle) != CONNECTION_OK
            var error = DatabaseError(result: result, isConnectionLost: isBroken, query: nil)
            if let position = DatabaseError.position(in: result) {
                let lines = script.unicodeScalars.prefix(position - 1).count { $0 == "\n" }
                error.message += " (line \(lines + 1))"
            }
            return error
        default: return breakOff(DatabaseError(.query, "a script cannot copy data in or out"))
        }
    }
}

extension Query {
    /// What keeps this query from being sent at all.
    fileprivate var problem: DatabaseError? {
        if parameters.holdZeroByte || sql.utf8.contains(0) {
            return DatabaseError(.query, "a text cannot hold a zero byte", sqlState: "22021", query: sql)
        }
        guard parameters.entries.count > Int(UInt16.max) else { return nil }
        return DatabaseError(.query, "a query can hold 65535 values at most", sqlState: "54000", query: sql)
    }
}
