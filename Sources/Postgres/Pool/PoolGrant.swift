/// What a pool gives to a caller.
enum PoolGrant<Connection: Sendable>: Sendable {
    case connection(Connection)
    /// The right to open one.
    case slot
}
