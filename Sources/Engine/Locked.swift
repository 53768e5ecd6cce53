import Foundation

/// A value behind a lock. `NSLock`, because ThreadSanitizer sees it on Linux.
package final class Locked<Value>: @unchecked Sendable {
    // Every access to `value` goes through `lock`.
    private let lock = NSLock()
    private var value: Value

    package init(_ value: sending Value) { self.value = value }

    package func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        lock.lock()
        defer { lock.unlock() }
        return try body(&value)
    }
}
