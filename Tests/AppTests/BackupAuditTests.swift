import Postgres
import Testing

@testable import App

/// When a backup is made though the audit cannot be written.
@Suite struct BackupAuditTests {
    @Test(
        arguments: [
            // Read-only, a full disk; no right to, no memory, too many connections, none at all.
            ("25006", true), ("53100", true), ("42501", false), ("53200", false), ("53300", false), (nil, false),
        ] as [(String?, Bool)]
    )
    func onlyWhereNothingCanBeWritten(state: String?, isMade: Bool) {
        #expect(DatabaseError(.query, "No.", sqlState: state).forbidsWriting == isMade)
    }
}
