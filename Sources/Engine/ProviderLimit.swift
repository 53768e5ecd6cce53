package import Foundation

/// How much of a provider all runs together may have at once; nil limits nothing.
package struct ProviderLimit: Sendable, Equatable {
    /// What a limit may be.
    package static let range = 1...100_000

    package var concurrent: Int?
    package var perMinute: Int?

    package init(concurrent: Int? = nil, perMinute: Int? = nil) {
        self.concurrent = concurrent
        self.perMinute = perMinute
    }
}

/// Whether a call has a place at its provider.
package enum ProviderEntry: Sendable, Equatable {
    /// The key of the call; its end has to be told.
    case entered(UUID)
    /// There is none, for as many seconds when that is known.
    case full(seconds: Double?)
}
