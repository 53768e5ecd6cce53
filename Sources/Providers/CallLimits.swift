/// The bounds of every call to a provider.
package struct CallLimits: Sendable {
    package var connect: Duration
    /// The longest silence: a model that thinks unseen, or reads a long text on a slow machine, is silent for minutes.
    package var idle: Duration
    /// The whole answer.
    package var total: Duration
    /// What may still come after the model said why it stopped: usage, and the end.
    package var ending: Duration
    /// The whole of a provider's test.
    package var probe: Duration
    /// How long a server on this machine has to show itself.
    package var discovery: Duration
    /// Bytes of a whole answer on the wire.
    package var answerBytes: Int
    /// Bytes of one event of a stream.
    package var eventBytes: Int
    /// Bytes of a list of models, of an answer that is not streamed, or of all a call's tool arguments.
    package var documentBytes: Int

    package init(
        connect: Duration = .seconds(10),
        idle: Duration = .seconds(300),
        total: Duration = .seconds(1800),
        ending: Duration = .seconds(10),
        probe: Duration = .seconds(15),
        discovery: Duration = .milliseconds(300),
        answerBytes: Int = 64 << 20,
        eventBytes: Int = 256 << 10,
        documentBytes: Int = 4 << 20
    ) {
        self.connect = connect
        self.idle = idle
        self.total = total
        self.ending = ending
        self.probe = probe
        self.discovery = discovery
        self.answerBytes = answerBytes
        self.eventBytes = eventBytes
        self.documentBytes = documentBytes
    }
}
