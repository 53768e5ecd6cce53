import ServiceLifecycle

/// A part that works when it is called and has only to be closed in its turn, after those who use it.
struct Closing: Service, CustomStringConvertible {
    let description: String
    private let close: @Sendable () async -> Void

    init(_ name: String, close: @escaping @Sendable () async -> Void) {
        description = name
        self.close = close
    }

    func run() async throws {
        try? await gracefulShutdown()
        await close()
    }
}
