/// What this process knows of its own machine, for the page about the system's health.
package struct SystemFacts: Sendable {
    /// What isolates programs of agents.
    package enum Sandbox: Sendable, Equatable {
        /// How well, in words for whoever runs the server.
        case ready(summary: String, isComplete: Bool)
        /// Wanted, and this host does not give it.
        case unavailable(reason: String)
        case off
    }

    /// A place on disk, and what is free there.
    package struct Disk: Sendable, Equatable {
        package var name: String
        package var path: String
        package var freeBytes: Int
        package var totalBytes: Int

        package init(name: String, path: String, freeBytes: Int, totalBytes: Int) {
            self.name = name
            self.path = path
            self.freeBytes = freeBytes
            self.totalBytes = totalBytes
        }
    }

    package struct Program: Sendable, Equatable {
        package var name: String
        package var version: String

        package init(name: String, version: String) {
            self.name = name
            self.version = version
        }
    }

    package struct Migrations: Sendable, Equatable {
        package var applied: Int
        /// `043 usage_time`
        package var latest: String?
        package var pending: [String]

        package init(applied: Int, latest: String?, pending: [String]) {
            self.applied = applied
            self.latest = latest
            self.pending = pending
        }
    }

    /// Where mail is handed in, and whom it is from.
    package struct Mail: Sendable, Equatable {
        /// `mail.example.org:587`
        package var server: String
        /// `tls`, `starttls` or `none`.
        package var security: String
        package var sender: String

        package init(server: String, security: String, sender: String) {
            self.server = server
            self.security = security
            self.sender = sender
        }
    }

    package var sandbox: Sandbox
    /// nil where none is sent.
    package var mail: Mail?
    package var disks: [Disk]
    /// This program and the libraries in it.
    package var programs: [Program]
    /// nil where they could not be asked for.
    package var migrations: Migrations?

    package init(
        sandbox: Sandbox = .off,
        mail: Mail? = nil,
        disks: [Disk] = [],
        programs: [Program] = [],
        migrations: Migrations? = nil
    ) {
        self.sandbox = sandbox
        self.mail = mail
        self.disks = disks
        self.programs = programs
        self.migrations = migrations
    }
}
