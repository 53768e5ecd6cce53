/// Where mail is handed in, and as whom.
package struct MailServer: Sendable {
    /// How the connection is protected.
    package enum Protection: String, Sendable, CaseIterable {
        /// TLS from the first byte.
        case tls
        /// TLS from `STARTTLS` on; without it nothing is sent.
        case starttls
        /// None: for a server on the same machine.
        case none
    }

    package var host: String
    package var port: Int
    package var protection: Protection
    package var user: String?
    package var password: String?
    /// A file of certificates to trust besides none other; nil for those that the system trusts.
    package var authorities: String?
    /// How we introduce ourselves; nil for this machine's name.
    package var ownName: String?
    package var timeout: Duration

    package init(
        host: String,
        port: Int,
        protection: Protection,
        user: String? = nil,
        password: String? = nil,
        authorities: String? = nil,
        ownName: String? = nil,
        timeout: Duration = .seconds(30)
    ) {
        self.host = host
        self.port = port
        self.protection = protection
        self.user = user
        self.password = password
        self.authorities = authorities
        self.ownName = ownName
        self.timeout = timeout
    }

    var url: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return "\(protection == .tls ? "smtps" : "smtp")://\(name):\(port)/\(ownName ?? "")"
    }
}

/// Why a mail was not sent.
package struct MailError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What happened, in English, without secrets.
    package var message: String
    /// Whether it will not be otherwise at another time: the server does not take this mail.
    package var isFinal: Bool

    package init(_ message: String, isFinal: Bool = false) {
        self.message = message
        self.isFinal = isFinal
    }

    package var description: String { message }
}
