import Testing

/// Rules of the house that a text search can keep.
@Suite struct SourceRuleTests {
    @Test(arguments: ["try!", "fatalError(", "as! "])
    func nothingGivesUpOnInput(word: String) throws {
        for path in try Repository.swiftFiles(in: "Sources") {
            #expect(try SourceFile(path: path).lines(with: word) == [], "\(path) has \(word)")
        }
    }

    /// The comment names the lock or queue that makes it true.
    @Test(arguments: ["@unchecked Sendable", "nonisolated(unsafe)"])
    func promisesAboutThreadsAreExplained(word: String) throws {
        for path in try Repository.swiftFiles(in: "Sources") {
            let file = try SourceFile(path: path)
            for line in file.lines(with: word) { #expect(file.hasComment(at: line), "\(path):\(line)") }
        }
    }

    /// Top-level code would run on the main actor.
    @Test func thereIsNoMainFile() throws {
        #expect(try Repository.swiftFiles(in: "Sources").filter { $0.hasSuffix("/main.swift") } == [])
    }

    @Test func migrationsComeInPairs() throws {
        let names = try Repository.names(in: "Migrations")
        for name in names where name.hasSuffix(".up.sql") {
            #expect(names.contains(name.replacing(".up.sql", with: ".down.sql")), "\(name) cannot be undone")
        }
        #expect(names.contains { $0.hasSuffix(".up.sql") })
    }
}
