import Foundation

/// The kernel's words for an errno.
func describe(errno number: Int32) -> String { String(cString: strerror(number)) }

/// A descriptor that is closed with its last owner.
package final class Descriptor: Sendable {
    package let number: Int32

    package init(_ number: Int32) { self.number = number }

    deinit { close(number) }
}

/// Something that has happened, or not yet.
final class Flag: @unchecked Sendable {
    // Guarded by `lock`.
    private let lock = NSLock()
    private var value = false

    var isSet: Bool { lock.withLock { value } }

    func set() { lock.withLock { value = true } }
}
