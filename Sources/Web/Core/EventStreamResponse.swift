package import Engine
package import Foundation
package import HTTPTypes
package import Hummingbird
import NIOCore

/// Server-sent events: one frame a piece, comments as heartbeats, and an end as soon as the reader may no longer read.
package struct EventStreamResponse: Sendable {
    /// How often the reader's right to read is looked at again, and how often silence is broken.
    package static let recheckInterval = Duration.seconds(5)
    package static let heartbeatInterval = Duration.seconds(15)

    /// Appends the run's records to `buffer` as frames: the place in the log is the id, the record the data.
    package static func write(_ events: [RunEvent], to buffer: inout ByteBuffer) {
        for event in events {
            buffer.writeString("id: ")
            buffer.writeString(String(event.sequence))
            buffer.writeString("\ndata: ")
            buffer.writeString(event.json)
            buffer.writeString("\n\n")
        }
    }

    package static var headers: HTTPFields {
        [
            .contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store, no-transform",
            .accelBuffering: "no",
        ]
    }
}
