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
