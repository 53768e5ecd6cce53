import Engine
import Foundation

/// What a command takes from a file; `-` is standard input.
struct InputFile: Sendable {
    /// In bytes; a server takes no text that is as long.
    private static let longestText = 1 << 20
    /// In bytes. What a server takes is its own to say; this is what is held in memory for it.
    private static let largest = 512 << 20
    private static let chunk = 1 << 20

    static let standardInput = InputFile("-")

    let path: String

    init(_ path: String) { self.path = path }

    /// What it is called at the server.
    var fileName: String { isStandardInput ? "input.txt" : URL(fileURLWithPath: path).lastPathComponent }

    var isReadable: Bool { isStandardInput || FileManager.default.isReadableFile(atPath: path) }

    var unreadable: CommandFailure { failure("cannot be read") }

    /// Its words without the end of the last line; never none. `isRepaired`: what is no UTF-8 is replaced, else it is refused.
    func text(isRepaired: Bool = false) throws(CommandFailure) -> String {
        let bytes = try content(upTo: Self.longestText)
        let text = isRepaired ? String(decoding: bytes, as: UTF8.self) : String(validating: bytes, as: UTF8.self)
        guard let text else { throw failure("is no text in UTF-8") }
        guard !text.trimmed.isEmpty else { throw failure("is empty") }
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }

    func bytes() throws(CommandFailure) -> [UInt8] { try content(upTo: Self.largest) }

    private var isStandardInput: Bool { path == "-" }

    private func content(upTo limit: Int) throws(CommandFailure) -> [UInt8] {
        guard let file = isStandardInput ? FileHandle.standardInput : FileHandle(forReadingAtPath: path) else {
            throw unreadable
        }
        var bytes: [UInt8] = []
        do {
            while bytes.count <= limit, let more = try file.read(upToCount: Self.chunk), !more.isEmpty { bytes += more }
        } catch {
            throw unreadable
        }
        guard bytes.count <= limit else { throw failure("is longer than \(limit >> 20) MB") }
        return bytes
    }

    private func failure(_ what: String) -> CommandFailure {
        CommandFailure(.usage, "\(isStandardInput ? "Standard input" : "The file \(path.harmlessLine)") \(what).")
    }
}
