import Egress
import Engine
import Foundation

/// A browser with its one page, and what is heard of it.
final class BrowserSession: @unchecked Sendable {
    let page: BrowserPage
    private let process: BrowserProcess
    // Both are guarded by `lock`.
    private let lock = NSLock()
    private var lastUse = ContinuousClock.now
    private var watch: Task<Void, Never>?

    init(_ process: BrowserProcess, idleTime: Duration, isIdle: @escaping @Sendable () async -> Void) async throws {
        self.process = process
        page = try await BrowserPage(process.wire)
        watch = Task { [weak self] in
            while let last = self?.lock.withLock({ self?.lastUse }) {
                guard (try? await Task.sleep(until: last + idleTime)) != nil else { return }
                guard self?.lock.withLock({ self?.lastUse }) == last else { continue }
                return await isIdle()
            }
        }
    }

    var isAlive: Bool { process.wire.isOpen }
    var traffic: [EgressRecord.Traffic] { process.record.traffic }
    var refusals: [EgressRecord.Refusal] { process.record.refusals }

    func used() -> BrowserSession {
        lock.withLock { lastUse = .now }
        return self
    }

    func end() async {
        lock.withLock { watch }?.cancel()
        await process.end()
    }
}
