import CPostgres

extension Pipeline {
    /// Why an exchange failed, and whether it was only because a prepared statement had aged.
    struct Failure {
        var error: DatabaseError
        var isStaleStatement = false
    }

    func receive(_ steps: inout ExchangeSteps) -> Failure? {
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

    private func take(_ result: OpaquePointer, of step: ExchangeSteps.Step, into answers: inout [Rows]) -> Failure? {
        let status = PQresultStatus(result)
        switch status {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
            guard step.kind == .query else { break }
            answers.append(Rows(handle: ResultHandle(result, columns: columns(of: result, step.statement))))
            return nil
        case PGRES_PIPELINE_ABORTED:
            if step.kind == .prepare { cache.forget(step.statement, isOnServer: false) }
        case PGRES_FATAL_ERROR:
            defer { PQclear(result) }
            return failure(result, of: step)
        default:
            // COPY and the like have no place here, and there is no way back from them.
            PQclear(result)
            return Failure(
                error: breakOff(
                    DatabaseError(.query, "this kind of statement cannot be run here", query: step.statement.sql)
                )
            )
        }
        PQclear(result)
        return nil
    }

    /// Read once a statement, except for such as `fetch`, whose columns may differ from time to time.
    private func columns(of result: OpaquePointer, _ statement: Statement) -> [String] {
        if let columns = statement.columns, columns.count == Int(PQnfields(result)) { return columns }
        let columns = ResultHandle.columns(of: result)
        statement.columns = columns
        return columns
    }

    private func failure(_ result: OpaquePointer, of step: ExchangeSteps.Step) -> Failure {
        noteEnd(result)
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
        while !isBroken, silences < 3 {
            guard let result = PQgetResult(handle) else {
                silences += 1
                continue
            }
            defer { PQclear(result) }
            if PQresultStatus(result) == PGRES_PIPELINE_SYNC { return failure }
            noteEnd(result)
            failure = failure ?? Failure(error: DatabaseError(result: result, isConnectionLost: isBroken, query: nil))
        }
        return failure ?? Failure(error: breakOff(lost()))
    }
}
