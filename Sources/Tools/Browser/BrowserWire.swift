import Engine
import Foundation
import Sandbox

/// Speaks the browser's debugging protocol over its pipe: JSON messages, each ended by a zero byte. What comes is hostile:
/// the pages that the browser shows may have taken it over.
final class BrowserWire: @unchecked Sendable {
    /// Seconds for an answer.
    private static let patience = 30
    /// For the first one: it is asked for while the browser starts.
    private static let firstPatience = 60

    // Everything that changes is guarded by `lock`; the descriptor is written to on `queue` alone, and read on one thread.
    private let lock = NSLock()
    private let queue = DispatchQueue(label: "alma.browser.wire")
    private let line: Descriptor
    private let longestMessage: Int
    private var lastID = 0
    private var hasAnswered = false
    private var waiting: [Int: CheckedContinuation<JSONValue, any Error>] = [:]
    private var listener: (@Sendable (String, JSONValue) -> Void)?
    private var isClosed = false
    private var enders: [CheckedContinuation<Void, Never>] = []

    /// `longestMessage`: bytes of one message; a picture of a page is the largest.
    init(_ line: Descriptor, longestMessage: Int = 48 << 20) {
        self.line = line
        self.longestMessage = longestMessage
        Thread.detachNewThread { [self] in receive() }
    }

    /// Whether the browser is still there.
    var isOpen: Bool { lock.withLock { !isClosed } }

    /// Who hears of what happens without having been asked for: the event and its parameters.
    func listen(_ listener: @escaping @Sendable (String, JSONValue) -> Void) {
        lock.withLock { self.listener = listener }
    }

    /// Asks the browser, or one of its pages by its session. Throws `ToolFailure` when it refuses, is silent, or is gone.
    func ask(_ method: String, _ parameters: [String: JSONValue] = [:], session: String? = nil) async throws
        -> JSONValue
    {
        let (id, patience) = lock.withLock {
            lastID += 1
            return (lastID, hasAnswered ? Self.patience : Self.firstPatience)
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isGone = lock.withLock {
                    if !isClosed { waiting[id] = continuation }
                    return isClosed
                }
                guard !isGone else { return continuation.resume(throwing: Self.gone) }
                send(id, method, parameters, session)
                queue.asyncAfter(deadline: .now() + .seconds(patience)) { [weak self] in
                    self?.settle(id, .failure(ToolFailure("The browser does not answer.")))
                }
                if Task.isCancelled { settle(id, .failure(CancellationError())) }
            }
        } onCancel: {
            settle(id, .failure(CancellationError()))
        }
    }

    /// The same without waiting for what comes of it.
    func tell(_ method: String, _ parameters: [String: JSONValue] = [:], session: String? = nil) {
        let id = lock.withLock {
            lastID += 1
            return lastID
        }
        send(id, method, parameters, session)
    }

    /// Returns when the browser is gone; a cancelled task makes it so.
    func ended() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = lock.withLock {
                    if !isClosed { enders.append(continuation) }
                    return isClosed
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            close()
        }
    }

    func close() { shutdown(line.number, Int32(SHUT_RDWR)) }

    private static let gone = ToolFailure("The browser has ended. Open the page again.")

    private func send(_ id: Int, _ method: String, _ parameters: [String: JSONValue], _ session: String?) {
        var message: [String: JSONValue] = [
            "id": .number(Decimal(id)), "method": .string(method), "params": .object(parameters),
        ]
        message["sessionId"] = session.map { .string($0) }
        let bytes = Array(JSONValue.object(message).text.utf8) + [0]
        queue.async { [line] in
            var place = 0
            while place < bytes.count {
                let sent = bytes[place...].withUnsafeBytes {
                    Glibc.send(line.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                if sent < 0, errno == EINTR { continue }
                guard sent > 0 else { return }
                place += sent
            }
        }
    }
}

// MARK: - What comes

extension BrowserWire {
    private func receive() {
        var message: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 262_144)
        while true {
            let got = recv(line.number, &piece, piece.count, 0)
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { break }
            var rest = piece[..<got]
            while let end = rest.firstIndex(of: 0) {
                take(message + rest[..<end])
                message.removeAll()
                rest = rest[(end + 1)...]
            }
            message += rest
            guard message.count <= longestMessage else { break }
        }
        finish()
    }

    private func take(_ bytes: [UInt8]) {
        guard let message = try? JSONValue(parsing: String(decoding: bytes, as: UTF8.self)) else { return }
        if let id = message["id"]?.int {
            lock.withLock { hasAnswered = true }
            let words = message["error"]?["message"]?.string
            settle(
                id,
                words.map { .failure(ToolFailure("The browser refuses: \($0)")) }
                    ?? .success(message["result"] ?? .null)
            )
        } else if let event = message["method"]?.string {
            lock.withLock { listener }?(event, message["params"] ?? .null)
        }
    }

    private func settle(_ id: Int, _ result: Result<JSONValue, any Error>) {
        lock.withLock { waiting.removeValue(forKey: id) }?.resume(with: result)
    }

    private func finish() {
        close()
        let (lost, enders) = lock.withLock {
            isClosed = true
            defer { (waiting, self.enders, listener) = ([:], [], nil) }
            return (Array(waiting.values), self.enders)
        }
        for one in lost { one.resume(throwing: Self.gone) }
        for one in enders { one.resume() }
    }
}
