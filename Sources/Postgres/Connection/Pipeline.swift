import CPostgres
import Foundation

/// Speaks with the server in libpq's pipeline mode: any number of statements go out together and are one transaction.
///
/// The calls block, which cannot end in both sides waiting to send: whenever the socket takes no more, libpq itself
/// reads what has come in before it tries again (`pqSendSome`).
final class Pipeline {
    /// True once nothing more can be done with this connection.
    private(set) var isBroken = false
    let handle: OpaquePointer
    var cache = StatementCache()
    private var wasUsed = false

    /// Takes the handle over; `close` gives it back.
    init(handle: OpaquePointer) {
        self.handle = handle
        enterPipelineMode()
    }

    func enterPipelineMode() { isBroken = PQenterPipelineMode(handle) == 0 }

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
        var steps = ExchangeSteps()
        if let error = send(lead, queries, as: &steps) { return .failure(breakOff(error)) }
        wasUsed = true
        let failure = receive(&steps)
        cache.trim()
        guard let failure else { return .success(steps.answers) }
        // The server undid everything, so a statement that only has to be prepared anew may be tried once more.
        guard mayRetry, failure.isStaleStatement, !isBroken else { return .failure(failure.error) }
        return exchange(lead: lead, queries, mayRetry: false)
    }

    func breakOff(_ error: DatabaseError) -> DatabaseError {
        isBroken = true
        return error
    }

    /// Notes whether this result is the last that will come.
    func noteEnd(_ result: OpaquePointer) {
        isBroken = isBroken || PQstatus(handle) != CONNECTION_OK || DatabaseError.isFatal(result)
    }

    func lost(_ query: Query? = nil) -> DatabaseError {
        DatabaseError.connection(handle, .connectionLost, query: query?.sql)
    }
}

// MARK: Sending

extension Pipeline {
    private func send(_ lead: [Query], _ queries: [Query], as steps: inout ExchangeSteps) -> DatabaseError? {
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

    private func send(_ query: Query, _ kind: ExchangeSteps.Kind, as steps: inout ExchangeSteps) -> Bool {
        let (statement, isNew) = cache.statement(for: query.sql)
        if isNew {
            guard PQsendPrepare(handle, statement.name, statement.sql, 0, nil) == 1 else { return false }
            steps.all.append(ExchangeSteps.Step(statement: statement, kind: .prepare, isNew: true))
        }
        steps.all.append(ExchangeSteps.Step(statement: statement, kind: kind, isNew: isNew))
        let count = Int32(query.parameters.entries.count)
        return query.parameters.withPointers {
            PQsendQueryPrepared(handle, statement.name, count, $0, nil, nil, 0) == 1
        }
    }
}

extension Query {
    /// What keeps this query from being sent at all.
    var problem: DatabaseError? {
        if parameters.holdZeroByte || sql.utf8.contains(0) {
            return DatabaseError(.query, "a text cannot hold a zero byte", sqlState: "22021", query: sql)
        }
        guard parameters.entries.count > Int(UInt16.max) else { return nil }
        return DatabaseError(.query, "a query can hold 65535 values at most", sqlState: "54000", query: sql)
    }
}
