import Configuration

/// What is kept, where, and what is written down on the way.
extension ConfigurationOption {
    static let data = Self(["alma", "data"], "ALMA_DATA", .string, "folder for everything ALMA keeps on disk")
    static let resources = Self(
        ["alma", "resources"],
        "ALMA_RESOURCES",
        .string,
        "folder that holds Templates, Public and Migrations"
    )
    static let fileSize = Self(["alma", "fileMegabytes"], "ALMA_FILE_MEGABYTES", .int, "the largest file, in MB")
    static let conversationFiles = Self(
        ["alma", "conversationMegabytes"],
        "ALMA_CONVERSATION_MEGABYTES",
        .int,
        "all files of one conversation together, in MB"
    )
    static let personFiles = Self(
        ["alma", "personMegabytes"],
        "ALMA_PERSON_MEGABYTES",
        .int,
        "all files of one person together, in MB"
    )
    static let databaseConnections = Self(
        ["alma", "databaseConnections"],
        "ALMA_DATABASE_CONNECTIONS",
        .int,
        "connections to PostgreSQL"
    )
    static let backups = Self(["alma", "backups"], "ALMA_BACKUPS", .string, "folder for backups of the database")
    static let migrationBackup = Self(
        ["alma", "migrationBackup"],
        "ALMA_MIGRATION_BACKUP",
        .bool,
        "dump a database that holds data before migrating it"
    )
    static let databaseURL = Self(
        ["database", "url"],
        "DATABASE_URL",
        .string,
        isSecret: true,
        "a PostgreSQL server to use instead of our own"
    )
    static let postgresServer = Self(["postgres", "server"], "POSTGRES_SERVER", .string, "the same, in parts: host")
    static let postgresPort = Self(["postgres", "port"], "POSTGRES_PORT", .int, "its port")
    static let postgresUser = Self(["postgres", "user"], "POSTGRES_USER", .string, "its role")
    static let postgresPassword = Self(
        ["postgres", "password"],
        "POSTGRES_PASSWORD",
        .string,
        isSecret: true,
        "its password"
    )
    static let postgresDatabase = Self(["postgres", "db"], "POSTGRES_DB", .string, "its database")
    static let logLevel = Self(["alma", "logLevel"], "ALMA_LOG_LEVEL", .string, "trace, debug, info, warning or error")
    static let logFormat = Self(["alma", "logFormat"], "ALMA_LOG_FORMAT", .string, "text or json")
}
