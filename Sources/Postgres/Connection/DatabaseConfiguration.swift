import CPostgres

/// Where the database is and how much of it may be used.
package struct DatabaseConfiguration: Sendable {
    /// A host name or address, or the directory of a unix socket when it begins with `/`.
    package var host: String? {
        get { parameters["host"] }
        set { parameters["host"] = newValue }
    }
    package var port: Int? {
        get { parameters["port"].flatMap { Int($0) } }
        set { parameters["port"] = newValue?.description }
    }
    package var user: String? {
        get { parameters["user"] }
        set { parameters["user"] = newValue }
    }
    package var password: String? {
        get { parameters["password"] }
        set { parameters["password"] = newValue }
    }
    package var database: String? {
        get { parameters["dbname"] }
        set { parameters["dbname"] = newValue }
    }
    /// Options for the server, `-c name=value …`; they count more than ours.
    package var options: String? {
        get { parameters["options"] }
        set { parameters["options"] = newValue }
    }

    package var maximumConnections = 16
    /// How long a caller waits for a connection while all are lent out.
    package var waitLimit: Duration = .seconds(10)
    /// How long one attempt to connect may take; libpq counts in whole seconds, at least two.
    package var connectTimeout: Duration = .seconds(5)
    /// How long the server works on one statement; zero is without limit.
    package var statementTimeout: Duration = .seconds(30)

    private var parameters: [String: String]

    /// Reads `postgresql://user:password@host:port/database?sslmode=…`, or libpq's `host=… dbname=…`.
    package init(url: String) throws {
        guard let options = PQconninfoParse(url, nil) else {
            // libpq's own words may repeat the address with the password in it.
            throw DatabaseError(
                .configuration,
                "the address of the database cannot be read; it should be like postgresql://user@host:5432/database"
            )
        }
        defer { PQconninfoFree(options) }
        var parameters: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { parameters[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        self.parameters = parameters
    }
}

extension DatabaseConfiguration {
    /// All that libpq is told when it connects.
    var connectionParameters: [String: String] {
        let ours = [
            "client_encoding": "UTF8",
            "connect_timeout": "\(max(2, connectTimeout.milliseconds / 1000))",
            "fallback_application_name": "alma",
            "options": serverOptions,
            // A server that has vanished without a word is noticed after about a minute.
            "keepalives": "1", "keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3",
            "tcp_user_timeout": "30000",
        ]
        // What the address says counts more, except where it is joined with ours.
        return ours.merging(parameters.filter { $0.key != "options" && $0.key != "client_encoding" }) { $1 }
    }

    private var serverOptions: String {
        let settings = [
            "TimeZone": "UTC", "DateStyle": "ISO", "bytea_output": "hex",
            "statement_timeout": "\(statementTimeout.milliseconds)",
            // A transaction whose process hangs must not hold its locks for ever, nor one whose machine is gone.
            "idle_in_transaction_session_timeout": "60000",
            "tcp_keepalives_idle": "30", "tcp_keepalives_interval": "10", "tcp_keepalives_count": "3",
            // Compiling a plan costs more than any of our statements.
            "jit": "off",
        ]
        let text = settings.sorted { $0.key < $1.key }.map { "-c \($0.key)=\($0.value)" }.joined(separator: " ")
        return options.map { "\(text) \($0)" } ?? text
    }
}

extension DatabaseConfiguration: CustomStringConvertible, CustomReflectable {
    /// Without the password.
    package var description: String { "\(user ?? "")@\(host ?? ""):\(port ?? 5432)/\(database ?? "")" }
    package var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}

extension Duration {
    var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
