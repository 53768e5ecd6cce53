import Engine
import Foundation

/// What the server says on a socket: records of the log with their place, and answers of its own.
enum SocketRecord {
    /// `{"type","data","timestamp"}`
    static func json(_ type: String, _ data: JSONObject, at time: Date = Date()) -> String {
        "{\"type\":\"\(type)\",\"data\":\(data.text),\"timestamp\":\"\(time.iso8601Milliseconds)\"}"
    }

    /// A record of the log with its place: `seq` in its run's log, `id` in the conversation, by which to come back.
    static func json(_ record: StreamRecord) -> String {
        var json = record.json
        guard json.last == "}" else { return json }
        json.removeLast()
        if let sequence = record.sequence { json += ",\"seq\":\(sequence)" }
        if let id = record.id { json += ",\"id\":\"\(id)\"" }
        return json + "}"
    }

    static func pong(at time: Date = Date()) -> String {
        "{\"type\":\"pong\",\"timestamp\":\"\(time.iso8601Milliseconds)\"}"
    }

    /// `about`: the client's name for the message that could not be done. `answer`: the one that it was about.
    static func error(_ error: WebError, about message: String?, answer: UUID? = nil) -> String {
        let details = error.details.map(\.message).filter { $0 != error.message }
        return json(
            "error",
            JSONObject {
                $0.set("error_code", error.specificCode ?? error.code.rawValue)
                $0.set("error_message", ([error.message] + details).joined(separator: " "))
                $0.set("retry_after", error.retryAfter)
                $0.set("message_id", answer)
                $0.set("temp_message_id", message)
                $0.set(
                    "details",
                    error.details.map { detail in
                        JSONObject {
                            $0.set("field", detail.field)
                            $0.set("message", detail.message)
                        }
                    }
                )
            }
        )
    }
}
