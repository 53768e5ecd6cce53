import Foundation

/// How often and how much is tried: some of it in each check, and with `ALMA_TEST_LONG=1` (`scripts/sandbox-soak`) as much
/// as the list of attacks asks for.
enum Scale {
    private static let isLong = ProcessInfo.processInfo.environment["ALMA_TEST_LONG"] == "1"

    /// SB21: milliseconds after which the server ends.
    static let ends = isLong ? Array(0...60) + [500, 1000] : [0, 5, 50, 500]

    /// SB22: commands that threads begin and leave, and the seconds that each takes.
    static let abandoned = isLong ? 500 : 50
    static let seconds = isLong ? 30 : 0.3

    /// SB22: commands of one sandbox at the same time.
    static let together = isLong ? 500 : 100

    /// SB23: milliseconds after which commands are cancelled.
    static let delays = isLong ? Array(0...60) : listed

    private static let listed = [0, 1, 2, 4, 8, 20, 50]

    /// SB23: by twenties.
    static func cancellations(after milliseconds: Int) -> Int {
        isLong && listed.contains(milliseconds) ? 1000 : 20
    }

    /// SB28: files that a program leaves.
    static let files = isLong ? 100_000 : 600
}
