import Engine

/// Tasks that wait for something, each under its key; whoever is cancelled waits no longer.
final class MCPPending<Value: Sendable>: Sendable {
    private enum Place {
        case waiting(CheckedContinuation<Value, any Error>)
        /// It came before anybody waited.
        case settled(Result<Value, any Error>)
    }

    private let places = Locked<[Int: Place]>([:])

    /// Returns when `settle` was called with the key. Throws what it was settled with, or `CancellationError`.
    func value(_ key: Int) async throws -> Value {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let known = places.withLock { places -> Result<Value, any Error>? in
                    if case .settled(let result) = places.removeValue(forKey: key) { return result }
                    if Task.isCancelled { return .failure(CancellationError()) }
                    places[key] = .waiting(continuation)
                    return nil
                }
                if let known { continuation.resume(with: known) }
            }
        } onCancel: {
            let waiting = places.withLock { places -> CheckedContinuation<Value, any Error>? in
                guard case .waiting(let continuation) = places[key] else { return nil }
                places[key] = nil
                return continuation
            }
            waiting?.resume(throwing: CancellationError())
        }
    }

    /// Only of keys that are waited for, or will be: what nobody has asked for is dropped by its caller.
    func settle(_ key: Int, _ result: Result<Value, any Error>) {
        let waiting = places.withLock { places -> CheckedContinuation<Value, any Error>? in
            switch places[key] {
            case .waiting(let continuation):
                places[key] = nil
                return continuation
            // Only the first counts.
            case .settled: return nil
            case nil:
                places[key] = .settled(result)
                return nil
            }
        }
        waiting?.resume(with: result)
    }

    /// Nobody will ask for it any more.
    func forget(_ key: Int) { places.withLock { $0[key] = nil } }
}
