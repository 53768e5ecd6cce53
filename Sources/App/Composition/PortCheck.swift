import Foundation

/// Tries whether an address can be listened on, so that the answer is a sentence and not a code.
enum PortCheck {
    /// nil when it is free, else why not.
    static func problem(host: String, port: Int) -> String? {
        var hints = addrinfo()
        hints.ai_flags = AI_PASSIVE
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var results: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &results) == 0, let address = results else {
            return "the name '\(host)' is not known; ALMA_HOST must be an address of this machine"
        }
        defer { freeaddrinfo(results) }
        return tryToBind(address.pointee, host: host, port: port)
    }

    private static func tryToBind(_ address: addrinfo, host: String, port: Int) -> String? {
        let descriptor = socket(address.ai_family, address.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return String(cString: strerror(errno)) }
        defer { close(descriptor) }
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        guard bind(descriptor, address.ai_addr, address.ai_addrlen) != 0 else { return listenProblem(descriptor, port) }
        switch errno {
        case EADDRINUSE: return inUse(port)
        case EACCES: return "port \(port) is for root only; use one from 1024 on (ALMA_PORT)"
        case EADDRNOTAVAIL: return "\(host) is no address of this machine (ALMA_HOST)"
        default: return String(cString: strerror(errno))
        }
    }

    /// Two sockets may be bound with SO_REUSEADDR; only one may listen.
    private static func listenProblem(_ descriptor: Int32, _ port: Int) -> String? {
        listen(descriptor, 1) == 0 ? nil : inUse(port)
    }

    private static func inUse(_ port: Int) -> String {
        "port \(port) is in use by another program; stop it, or choose another (ALMA_PORT or --port)"
    }
}
