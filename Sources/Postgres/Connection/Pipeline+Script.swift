import CPostgres

extension Pipeline {
    /// Runs several statements at once inside an open transaction; one that fails ends the script.
    func run(script: String) -> Result<[Rows], DatabaseError> {
        if let problem = Query(unescaped: script).problem { return .failure(problem) }
        guard PQexitPipelineMode(handle) == 1, PQsendQuery(handle, script) == 1 else {
            return .failure(breakOff(lost()))
        }
        var failure: DatabaseError?
        while let result = PQgetResult(handle) {
            defer { PQclear(result) }
            let fault = scriptFault(result, in: script)
            failure = failure ?? fault
            if isBroken { break }
        }
        if !isBroken { enterPipelineMode() }
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
            noteEnd(result)
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
