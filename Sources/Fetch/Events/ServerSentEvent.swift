/// One event of an event stream. `data` stays bytes: it is mostly JSON, which checks them itself.
package struct ServerSentEvent: Sendable, Equatable {
    /// The event's name; empty when the stream gives none.
    package var name: String
    package var data: [UInt8]

    package init(name: String = "", data: [UInt8]) {
        self.name = name
        self.data = data
    }
}
