/// How often what is open is looked after.
package struct StreamTimes: Sendable {
    /// How often the readers' right to read is looked at again.
    package var recheck = StreamDesk.recheckInterval
    /// After how much silence of ours a sign of life is given.
    package var heartbeat = Duration.seconds(15)
    /// How long a socket's client may say nothing at all, not even `pong`.
    package var patience = Duration.seconds(45)
    /// How often any of this is found to be due.
    package var tick = Duration.seconds(1)

    package init() {}
}
