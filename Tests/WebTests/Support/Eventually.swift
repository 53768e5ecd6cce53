import Testing

/// Looks every 10 ms until it is so, at least once. Throws what was awaited and where, when it is not so in time.
func eventually(
    _ what: @autoclosure () -> String,
    within limit: Duration = .seconds(30),
    every pause: Duration = .milliseconds(10),
    at place: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < end else { throw NeverSo(what: what(), limit: limit, place: place) }
        try await Task.sleep(for: pause)
    }
}

struct NeverSo: Error, CustomStringConvertible {
    let what: String
    let limit: Duration
    let place: SourceLocation

    var description: String { "Not within \(limit), at \(place): \(what)" }
}
