import Engine
import Foundation
import Sandbox

/// A server that is a program in the sandbox: a message a line on its standard input and output.
final class ProgramTransport: MCPTransport {
    /// What the program has written on standard error lately, for whoever wants to know why it ended.
    private static let mostWords = 2000
    private static let mostRefusals = 3
    private static let farewell = Duration.seconds(2)

    private let process: SandboxProcess
    /// nil where it has no network.
    private let visit: NetworkVisit?
    private let words = Locked("")

    init(_ process: SandboxProcess, _ visit: NetworkVisit? = nil) { (self.process, self.visit) = (process, visit) }

    func send(_ message: MCPMessage, _ hear: @escaping @Sendable (MCPMessage) -> Void) async throws {
        do {
            try await process.write(Array(message.text.utf8) + [0x0A])
        } catch let error as SandboxError {
            throw MCPFailure(.connection, error.message)
        }
    }

    func listen(_ hear: @escaping @Sendable (MCPMessage) -> Void) async throws {
        var lines = MCPLines()
        try await withTaskCancellationHandler {
            while let output = await process.next() {
                switch output.channel {
                case .error: keep(output.bytes)
                // What is no message is somebody's print statement.
                case .output: for line in try lines.take(output.bytes) { MCPMessage.read(line).forEach(hear) }
                }
            }
        } onCancel: {
            sayFarewell()
        }
        try Task.checkCancellation()
        throw MCPFailure(.connection, ending)
    }

    func close() async {
        process.end()
        while await process.next() != nil {}
    }

    /// Well-behaved programs end with their input; the others are killed a moment later, by a task that nobody waits for.
    private func sayFarewell() {
        process.closeInput()
        Task { [process] in
            try await Task.sleep(for: Self.farewell)
            process.end()
        }
    }

    private func keep(_ bytes: [UInt8]) {
        let new = String(decoding: bytes, as: UTF8.self)
        words.withLock { $0 = String(($0 + new).suffix(Self.mostWords)) }
    }

    private var ending: String {
        let said = words.withLock { $0.trimmed }
        let refused = visit?.refusals.prefix(Self.mostRefusals).joined(separator: "; ") ?? ""
        let told =
            (refused.isEmpty ? "" : " Its network refused: \(refused).") + (said.isEmpty ? "" : " It wrote: \(said)")
        switch process.ending {
        case .failure(let error): return error.message + told
        case .result(let result) where result.isOutOfRoom:
            return "The program was ended because its workspace was full.\(told)"
        case .result(let result) where result.isOutOfMemory: return "The program used more memory than it may.\(told)"
        case .result(let result): return "The program ended with code \(result.exitCode).\(told)"
        case nil: return "The launcher of the sandbox has ended."
        }
    }
}

extension SandboxLimits {
    /// Of a program that stays. What it writes is bounded by its reader.
    static var lasting: SandboxLimits {
        var limits = SandboxLimits()
        limits.time = .seconds(40 * 86_400)
        limits.processorSeconds = 7 * 86_400
        limits.output = .max
        return limits
    }
}
