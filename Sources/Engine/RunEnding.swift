/// Why an execution stops before the model has finished.
enum RunEnding: Error, Equatable {
    /// A person asked for it.
    case cancelled
    /// The process ends: another worker goes on.
    case handedBack
    /// Another worker has it already.
    case lost
    /// Others have to do something first.
    case resting(Rest)
    case failed(code: String, message: String, retryAfter: Int? = nil)

    init(_ error: ModelError) {
        self = .failed(code: error.code.rawValue, message: error.message, retryAfter: error.retryAfter)
    }
}
