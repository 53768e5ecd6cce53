import ArgumentParser
import Engine
import UnixSignals

/// Ctrl-C, for whoever listens at the moment; while nobody does, it ends the program.
final class Interrupts: Sendable {
    private let listener = Locked<(@Sendable () -> Void)?>(nil)

    private init() {}

    /// While `body` runs, Ctrl-C tells the listener.
    static func during<Result>(_ body: (Interrupts) async throws -> Result) async throws -> Result {
        let interrupts = Interrupts()
        let signals = await UnixSignalsSequence(trapping: .sigint)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in signals { interrupts.press() } }
            defer { group.cancelAll() }
            return try await body(interrupts)
        }
    }

    /// Takes the place of the listener before.
    func listen(_ body: (@Sendable () -> Void)?) { listener.withLock { $0 = body } }

    /// Does what comes to nothing when it is left: Ctrl-C cancels it, and once more ends the program. Throws `CommandFailure`
    /// with `cancelled` then.
    func orLeave<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) async throws -> Result {
        let (task, isLeft) = (Task { try await body() }, Locked(false))
        listen { [self] in
            listen(nil)
            isLeft.withLock { $0 = true }
            task.cancel()
        }
        let result = await withTaskCancellationHandler {
            await task.result
        } onCancel: {
            task.cancel()
        }
        if isLeft.withLock({ $0 }) { throw CommandFailure(.cancelled, "Left.") }
        listen(nil)
        return try result.get()
    }

    private func press() {
        guard let listen = listener.withLock({ $0 }) else {
            Alma.exit(withError: ExitCode(CommandFailure.Code.cancelled.rawValue))
        }
        listen()
    }
}
