import ArgumentParser

/// The flags of a process that listens.
struct ServeOptions: ParsableArguments {
    @Option(help: "Address to listen on (ALMA_HOST, 127.0.0.1).")
    var host: String?

    @Option(help: "Port to listen on (ALMA_PORT, 8000).")
    var port: Int?

    @Option(help: "Runs that this process works on at once (ALMA_WORKERS, 256).")
    var workers: Int?

    @Option(help: "Address that people use, behind a proxy (ALMA_PUBLIC_URL).")
    var publicURL: String?

    @Option(help: "open, closed or approval, until changed in the settings (ALMA_REGISTRATION, closed).")
    var registration: String?

    var flags: [ConfigurationFlag] {
        [
            host.map { ConfigurationFlag(.host, $0) },
            port.map { ConfigurationFlag(.port, $0) },
            workers.map { ConfigurationFlag(.workers, $0) },
            publicURL.map { ConfigurationFlag(.publicURL, $0) },
            registration.map { ConfigurationFlag(.registration, $0) },
        ].compactMap { $0 }
    }
}
