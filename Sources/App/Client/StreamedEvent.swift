import Engine

/// A record of a run's log as a stream brings it: `{"type", "data", "timestamp"}`.
struct StreamedEvent: Sendable {
    /// As it came.
    let text: String
    let type: String
    let data: JSONValue
    /// In ISO 8601, as UTC.
    let time: String

    /// nil for what is no record.
    init?(_ text: String) {
        guard let record = try? JSONValue(parsing: text), let type = record["type"]?.string, let data = record["data"]
        else { return nil }
        (self.text, self.type, self.data) = (text, type, data)
        time = record["timestamp"]?.string ?? ""
    }

    /// The logs of several runs as it happened: by time, and each run's own events in the order of its log.
    static func inOrder(_ events: [StreamedEvent]) -> [StreamedEvent] {
        var latest: [String: String] = [:]
        let timed = events.enumerated().map { place, event in
            let time = max(latest[event.run] ?? "", event.time)
            latest[event.run] = time
            return (time: time, place: place, event: event)
        }
        return timed.sorted { ($0.time, $0.place) < ($1.time, $1.place) }.map(\.event)
    }

    var run: String { data["run_id"]?.string ?? "" }

    /// Whether it is the last of this run.
    func ends(_ run: String) -> Bool {
        type == "run_status" && self.run == run && state?.isFinal == true
    }

    /// Whether it is the beginning of another turn than this run's.
    func begins(anotherThan run: String) -> Bool {
        type == "agent_start" && self.run != run && data["parent_run_id"]?.string == nil
    }

    /// Of a `run_status`.
    var state: RunState? { data["state"]?.string.flatMap(RunState.init) }
}
