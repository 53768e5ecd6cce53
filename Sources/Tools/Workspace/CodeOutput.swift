import Engine
import Foundation
import Sandbox

/// What a program has written so far, made fit for people, models and logs.
final class CodeOutput: @unchecked Sendable {
    // Everything is guarded by `lock`.
    private let lock = NSLock()
    private var output: [UInt8] = []
    private var error: [UInt8] = []
    private var new: [UInt8] = []

    func add(_ piece: SandboxOutput) {
        lock.withLock {
            if piece.channel == .output { output += piece.bytes } else { error += piece.bytes }
            new += piece.bytes
        }
    }

    /// What came since the last time; nil for nothing. A character that is not whole yet waits.
    func takeNew(isLast: Bool) -> String? {
        lock.withLock {
            let end = isLast ? new.count : new.wholeCharacters
            guard end > 0 else { return nil }
            let text = Self.readable(new[..<end])
            new.removeFirst(end)
            return text.isEmpty ? nil : text
        }
    }

    /// Both outputs, whole.
    var texts: (output: String, error: String) {
        lock.withLock { (Self.readable(output[...]), Self.readable(error[...])) }
    }

    /// All of it, the output before the errors.
    var text: String { lock.withLock { Self.readable((output + error)[...]) } }

    /// `made`: what is to be said of files. `visit`: what it did on the network; nil when it had none.
    func summary(
        of result: SandboxResult,
        _ limits: SandboxLimits,
        made: [String] = [],
        _ visit: NetworkVisit? = nil
    ) -> JSONValue {
        lock.withLock {
            var fields: [String: JSONValue] = [
                "exit_code": .number(Decimal(result.exitCode)),
                "output": .string(Self.readable(output[...])),
                "seconds": Self.rounded(result.time / .seconds(1)),
                "processor_seconds": Self.rounded(result.processorTime / .seconds(1)),
                "peak_memory_mb": Self.rounded(Double(result.peakMemory) / 1_048_576),
            ]
            if !error.isEmpty { fields["error_output"] = .string(Self.readable(error[...])) }
            if result.lostOutput > 0 { fields["output_left_out_bytes"] = .number(Decimal(result.lostOutput)) }
            if !made.isEmpty { fields["files"] = .array(made.map { .string($0) }) }
            if let visit { fields.merge(visit.summary) { mine, _ in mine } }
            fields["ended"] = result.reason(limits).map { .string($0) }
            return .object(fields)
        }
    }

    /// To the thousandth.
    private static func rounded(_ value: Double) -> JSONValue {
        .number(Decimal(string: String(format: "%.3f", value)) ?? 0)
    }

    /// The same of a document, whose pages and parts are told by control characters.
    static func document(_ bytes: [UInt8]) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        let shown = text.unicodeScalars.filter {
            $0.value >= 32 && $0.value != 127 || "\n\t\u{0C}\u{1E}".unicodeScalars.contains($0)
        }
        return String(String.UnicodeScalarView(shown))
    }

    /// Colours and other orders to a terminal are left out, and what else cannot be shown is replaced.
    static func readable(_ bytes: ArraySlice<UInt8>) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        let plain = text.replacing(
            /\u{1B}(\[[0-9;?]*[ -\/]*[@-~]|\][^\u{07}\u{1B}]*(\u{07}|\u{1B}\\)|[@-Z\\-_])/,
            with: ""
        )
        let shown = plain.unicodeScalars.map { scalar -> Unicode.Scalar in
            let isControl = scalar.value < 32 || scalar.value == 127
            return isControl && scalar != "\n" && scalar != "\t" && scalar != "\r" ? "\u{FFFD}" : scalar
        }
        return String(String.UnicodeScalarView(shown))
    }
}

extension SandboxResult {
    /// Why it ended before its time; nil when it came to its own end.
    fileprivate func reason(_ limits: SandboxLimits) -> String? {
        if isOutOfTime { return "after \(limits.time.components.seconds) seconds, all that it was given" }
        if isOutOfRoom { return "because the workspace was full" }
        if isOutOfMemory { return "because its memory of \(limits.memory >> 20) MB was used up" }
        return signal.map { "by signal \($0)" }
    }
}

extension [UInt8] {
    /// How many bytes there are up to the end of the last whole character.
    fileprivate var wholeCharacters: Int {
        var begin = count
        while begin > 0, count - begin < 4 {
            begin -= 1
            let byte = self[begin]
            guard byte & 0xC0 != 0x80 else { continue }
            let length = byte < 0x80 ? 1 : byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
            return begin + length <= count ? count : begin
        }
        return count
    }
}
