package import Foundation

/// One migration, and since when the database has it.
package struct Migration: Sendable, Equatable {
    package var version: Int
    package var name: String
    package var appliedAt: Date?

    package var isApplied: Bool { appliedAt != nil }
}
