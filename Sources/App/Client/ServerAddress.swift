import Fetch
import Foundation

/// Where a server is, as a person writes it. What signs somebody in goes over plain HTTP only to this machine, or where its
/// person says that the network is trusted.
struct ServerAddress: Sendable, Equatable {
    static let usual = "http://127.0.0.1:8000"

    /// Without a slash at its end.
    let text: String
    /// The same in whichever way the address is written: capitals in its name, the port that is meant anyway.
    let identity: String

    /// Without a scheme it is `https`.
    init(_ text: String, trustsNetwork: Bool) throws(CommandFailure) {
        // What stands before it may be a password, and is not said again.
        guard !text.contains("@") else {
            throw CommandFailure(
                .usage,
                "An address of a server has no name or password before an @. Write it like https://alma.example.org."
            )
        }
        let whole = text.contains("://") ? text : "https://" + text
        let address: WebAddress
        do {
            address = try WebAddress(whole)
        } catch {
            throw CommandFailure(.usage, "\(text) is no address of a server. Write it like https://alma.example.org.")
        }
        guard address.scheme == "https" || Self.isHere(address.host) || trustsNetwork else {
            throw CommandFailure(
                .usage,
                "\(text) is not encrypted: a key or password could be read on its way. Use https://, or --plain-http where you trust the network."
            )
        }
        let text = address.text.hasSuffix("/") ? String(address.text.dropLast()) : address.text
        self.text = text
        identity = address.origin + text.dropFirst(address.scheme.count + "://".count).drop { $0 != "/" }
    }

    /// Whether what is sent there stays on this machine.
    private static func isHere(_ host: String) -> Bool {
        if host == "localhost" || host.hasSuffix(".localhost") || host == "[::1]" { return true }
        guard case .v4(let address) = NetworkAddress(text: host) else { return false }
        return address >> 24 == 127
    }
}
