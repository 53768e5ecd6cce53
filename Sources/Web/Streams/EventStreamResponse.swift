package import Engine
package import Foundation
package import HTTPTypes
package import Hummingbird
package import NIOCore

/// Server-sent events: one frame a piece, comments as heartbeats, and an end as soon as the reader may no longer read.
package struct EventStreamResponse: Sendable {
    let services: WebServices
    let pass: StreamPass

    /// Otherwise it ends when everything that there is has been told.
    let follows: Bool

    package init(services: WebServices, pass: StreamPass, follows: Bool = true) {
        (self.services, self.pass, self.follows) = (services, pass, follows)
    }

    package func response(_ feed: some StreamFeed) -> Response {
        Response(
            status: .ok,
            headers: Self.headers,
            body: ResponseBody { writer in
                var feed = feed
                try await write(&feed, to: &writer)
                try await writer.finish(nil)
            }
        )
    }

    /// The writer takes no more than its reader does, and the feed is asked for no more than the writer took.
    @concurrent private func write(_ feed: inout some StreamFeed, to writer: inout any ResponseBodyWriter) async throws
    {
        let start = feed.start.map { "id: \($0)\n" } ?? ""
        try await writer.write(ByteBuffer(string: "retry: 1000\n\(start)\n"))
        while true {
            let news = pass.take()
            guard news.end == nil, !services.hub.isReadingEnded else { return }
            let records = try await feed.next(isTold: news.isTold)
            if !records.isEmpty {
                try await writer.write(try await shortly(records.bytes) { Self.frames(records) })
            } else if news.isBeatDue {
                try await writer.write(ByteBuffer(string: ": still here\n\n"))
            }
            if feed.isOver { return }
            guard records.isEmpty else { continue }
            guard follows else { return }
            feed.leave(pass.bell)
            await pass.bell.wait()
            try Task.checkCancellation()
        }
    }

    private static func frames(_ records: [StreamRecord]) -> ByteBuffer {
        var buffer = ByteBuffer()
        for record in records {
            if let id = record.id { buffer.writeString("id: \(id)\n") }
            buffer.writeString("data: ")
            buffer.writeString(record.json)
            buffer.writeString("\n\n")
        }
        return buffer
    }

    package static var headers: HTTPFields {
        [
            .contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store, no-transform",
            .accelBuffering: "no",
        ]
    }

    /// Where a reader wants to go on, as it says it; nil when it begins.
    static func place(in request: Request) throws(WebError) -> String? {
        let query = QueryReader(request)
        try query.check("after")
        let header = request.headers[.lastEventID].flatMap { $0.isEmpty ? nil : $0 }
        return header ?? query.text("after")
    }
}
