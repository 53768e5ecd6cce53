package import Foundation

/// Where a sealed value belongs: it opens nowhere else.
package struct SealedPlace: Sendable, Equatable {
    package var table: String
    package var row: UUID
    package var column: String

    package init(table: String, row: UUID, column: String) {
        self.table = table
        self.row = row
        self.column = column
    }
}
