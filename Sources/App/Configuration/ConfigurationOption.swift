import Configuration

/// One thing that can be configured: its names, its kind and what it is for.
struct ConfigurationOption: Sendable {
    /// The path in `alma.json`; the environment variable follows from it.
    var key: AbsoluteConfigKey
    /// The name in the environment and in `.env`.
    var variable: String
    var type: ConfigType
    var isSecret: Bool
    var meaning: String

    init(_ path: [String], _ variable: String, _ type: ConfigType, isSecret: Bool = false, _ meaning: String) {
        key = AbsoluteConfigKey(path)
        self.variable = variable
        self.type = type
        self.isSecret = isSecret
        self.meaning = meaning
    }
}

extension ConfigurationOption {
    static let host = Self(["alma", "host"], "ALMA_HOST", .string, "address to listen on")
    static let port = Self(["alma", "port"], "ALMA_PORT", .int, "port to listen on")
    static let data = Self(["alma", "data"], "ALMA_DATA", .string, "folder for everything ALMA keeps on disk")
    static let resources = Self(
        ["alma", "resources"],
        "ALMA_RESOURCES",
        .string,
        "folder that holds Templates, Public and Migrations"
    )
    static let publicURL = Self(["alma", "publicUrl"], "ALMA_PUBLIC_URL", .string, "address that people use")
    static let secureCookies = Self(
        ["alma", "secureCookies"],
        "ALMA_SECURE_COOKIES",
        .string,
        "auto, true or false: cookies only over TLS"
    )
    static let trustedProxies = Self(
        ["alma", "trustedProxies"],
        "ALMA_TRUSTED_PROXIES",
        .string,
        "addresses and ranges of reverse proxies whose X-Forwarded-For counts"
    )
    static let allowedHosts = Self(
        ["alma", "allowedHosts"],
        "ALMA_ALLOWED_HOSTS",
        .string,
        "names under which the server answers"
    )
    static let corsOrigins = Self(
        ["alma", "corsOrigins"],
        "ALMA_CORS_ORIGINS",
        .string,
        "origins whose pages may read what the API answers, or *"
    )
    static let userRate = Self(
        ["alma", "userRate"],
        "ALMA_USER_RATE",
        .int,
        "requests of one person in a minute, in each process; 0 for any number"
    )
    static let keyRate = Self(["alma", "keyRate"], "ALMA_KEY_RATE", .int, "requests with one API key in a minute")
    static let addressRate = Self(
        ["alma", "addressRate"],
        "ALMA_ADDRESS_RATE",
        .int,
        "requests of one address in a minute, of those who are not signed in"
    )
    static let signInRate = Self(
        ["alma", "signInRate"],
        "ALMA_SIGN_IN_RATE",
        .int,
        "sign-ins, registrations and the like of one address in a minute"
    )
    static let toolNetworks = Self(
        ["alma", "toolNetworks"],
        "ALMA_TOOL_NETWORKS",
        .string,
        "addresses and ranges of private networks that agents' tools may reach"
    )
    static let search = Self(
        ["alma", "search"],
        "ALMA_SEARCH",
        .string,
        "where agents search the web: duckduckgo, searxng, brave, tavily, custom or none"
    )
    static let searchURL = Self(["alma", "searchUrl"], "ALMA_SEARCH_URL", .string, "its address")
    static let searchKey = Self(["alma", "searchKey"], "ALMA_SEARCH_KEY", .string, isSecret: true, "its key")
    static let smtpServer = Self(
        ["alma", "smtpServer"],
        "ALMA_SMTP_SERVER",
        .string,
        "takes our mail: host or host:port"
    )
    static let smtpSecurity = Self(
        ["alma", "smtpSecurity"],
        "ALMA_SMTP_SECURITY",
        .string,
        "tls, starttls or none: how the connection to it is protected"
    )
    static let smtpUser = Self(["alma", "smtpUser"], "ALMA_SMTP_USER", .string, "whom we sign in to it as")
    static let smtpPassword = Self(
        ["alma", "smtpPassword"],
        "ALMA_SMTP_PASSWORD",
        .string,
        isSecret: true,
        "the password for that"
    )
    static let smtpAuthorities = Self(
        ["alma", "smtpAuthorities"],
        "ALMA_SMTP_AUTHORITIES",
        .string,
        "a file of certificates by which that server is known, in place of the system's"
    )
    static let mailFrom = Self(
        ["alma", "mailFrom"],
        "ALMA_MAIL_FROM",
        .string,
        "whom mail is from: ALMA <alma@example.org>"
    )
    static let registration = Self(
        ["alma", "registration"],
        "ALMA_REGISTRATION",
        .string,
        "open, closed or approval, until changed in the settings"
    )
    static let workers = Self(["alma", "workers"], "ALMA_WORKERS", .int, "runs that this process works on at once")
    static let runsPerUser = Self(
        ["alma", "runsPerUser"],
        "ALMA_RUNS_PER_USER",
        .int,
        "runs of one person that are at work at once, on all nodes together"
    )
    static let streamsPerUser = Self(
        ["alma", "streamsPerUser"],
        "ALMA_STREAMS_PER_USER",
        .int,
        "event streams and sockets that one person may have open on this process"
    )
    static let takeover = Self(
        ["alma", "takeoverSeconds"],
        "ALMA_TAKEOVER_SECONDS",
        .int,
        "silence of a worker before others take its runs over"
    )
    static let contextWindow = Self(
        ["alma", "contextWindow"],
        "ALMA_CONTEXT_WINDOW",
        .int,
        "tokens that models read at once whose window is not set"
    )
    static let turnTokens = Self(
        ["alma", "turnTokens"],
        "ALMA_TURN_TOKENS",
        .int,
        "tokens that one turn may use, its children's with it"
    )
    static let backgroundWriting = Self(
        ["alma", "backgroundWriting"],
        "ALMA_BACKGROUND_WRITING",
        .bool,
        "whether models write titles and summaries of conversations"
    )
    static let sandbox = Self(["alma", "sandbox"], "ALMA_SANDBOX", .string, "auto, or off: agents run no programs")
    static let sandboxNetwork = Self(
        ["alma", "sandboxNetwork"],
        "ALMA_SANDBOX_NETWORK",
        .string,
        "listed: programs reach the hosts that a person lists for an agent; off: none"
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
    static let mcpPrograms = Self(
        ["alma", "mcpPrograms"],
        "ALMA_MCP_PROGRAMS",
        .string,
        "programs that administrators may use as MCP servers, absolute paths"
    )
    static let mcpFolders = Self(
        ["alma", "mcpFolders"],
        "ALMA_MCP_FOLDERS",
        .string,
        "folders that these programs may read, absolute paths"
    )
    static let mcpPatience = Self(
        ["alma", "mcpPatienceSeconds"],
        "ALMA_MCP_PATIENCE_SECONDS",
        .int,
        "how long an MCP server may take for each answer while it is connected to"
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
    static let logLevel = Self(["alma", "logLevel"], "ALMA_LOG_LEVEL", .string, "trace, debug, info, warning or error")
    static let logFormat = Self(["alma", "logFormat"], "ALMA_LOG_FORMAT", .string, "text or json")

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

    static let secretKey = Self(
        ["secretKey"],
        "SECRET_KEY",
        .string,
        isSecret: true,
        "signs the API's tokens; made and kept when not set"
    )
    static let firstSuperuser = Self(
        ["firstSuperuser"],
        "FIRST_SUPERUSER",
        .string,
        "e-mail of the administrator made on an empty database"
    )
    static let firstSuperuserPassword = Self(
        ["firstSuperuserPassword"],
        "FIRST_SUPERUSER_PASSWORD",
        .string,
        isSecret: true,
        "the password for that account"
    )

    static let openAIKey = Self(["openaiApiKey"], "OPENAI_API_KEY", .string, isSecret: true, "offered as a provider")
    static let deepSeekKey = Self(
        ["deepseekApiKey"],
        "DEEPSEEK_API_KEY",
        .string,
        isSecret: true,
        "offered as a provider"
    )
    static let anthropicKey = Self(
        ["anthropicApiKey"],
        "ANTHROPIC_API_KEY",
        .string,
        isSecret: true,
        "offered as a provider"
    )
    static let azureKey = Self(
        ["azureOpenaiApiKey"],
        "AZURE_OPENAI_API_KEY",
        .string,
        isSecret: true,
        "offered as a provider"
    )

    static let azureEndpoint = Self(
        ["azureOpenaiEndpoint"],
        "AZURE_OPENAI_ENDPOINT",
        .string,
        "where that key belongs, such as https://name.openai.azure.com"
    )

    static let providerKeys = [openAIKey, deepSeekKey, anthropicKey, azureKey]

    static let all =
        [
            host, port, data, resources, publicURL, secureCookies, trustedProxies, allowedHosts, corsOrigins,
            userRate, keyRate, addressRate, signInRate, toolNetworks,
            search, searchURL, searchKey, smtpServer, smtpSecurity, smtpUser, smtpPassword, smtpAuthorities, mailFrom,
            registration, workers, runsPerUser, streamsPerUser, takeover, contextWindow,
            turnTokens, backgroundWriting, sandbox, sandboxNetwork, fileSize, conversationFiles, personFiles,
            mcpPrograms,
            mcpFolders, mcpPatience,
            databaseConnections, backups, migrationBackup, logLevel, logFormat, databaseURL,
            postgresServer, postgresPort, postgresUser,
            postgresPassword, postgresDatabase, secretKey, firstSuperuser, firstSuperuserPassword,
        ] + providerKeys + [azureEndpoint]
}
