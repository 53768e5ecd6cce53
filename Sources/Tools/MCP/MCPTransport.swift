import Engine

/// The way to a server: a program's standard input and output, or HTTP.
protocol MCPTransport: Sendable {
    /// Sends a message. What comes back because of it may be heard here, before this returns, or in `listen`. Throws
    /// `MCPFailure`.
    func send(_ message: MCPMessage, _ hear: @escaping @Sendable (MCPMessage) -> Void) async throws

    /// Hears what the server sends by itself, until the connection ends; then throws why.
    func listen(_ hear: @escaping @Sendable (MCPMessage) -> Void) async throws

    /// Both sides have agreed on a revision of the protocol.
    func agreed(on version: String)

    /// Ends the connection, and waits until nothing is left of it.
    func close() async
}

extension MCPTransport {
    func agreed(on version: String) {}
}
