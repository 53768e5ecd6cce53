import Engine
import Foundation
import Logging
import Tools
import Web

/// Turns the sources into a `ServerConfiguration`, collecting every problem rather than stopping at the first.
struct ConfigurationReader {
    /// Values that stand in examples, so that everybody knows them.
    private static let knownSecrets: Set<String> = ["changethis", "changeme", "secret", "your_secret_key_here"]

    private let sources: ConfigurationSources
    private(set) var problems: [String] = []

    private init(_ sources: ConfigurationSources) { self.sources = sources }

    /// Throws one error that lists all problems.
    static func read(_ sources: ConfigurationSources) throws(AppError) -> ServerConfiguration {
        var reader = ConfigurationReader(sources)
        let configuration = reader.configuration()
        guard reader.problems.isEmpty else {
            let list = reader.problems.map { "\n  - \($0)" }.joined()
            throw AppError(.configuration, "The configuration needs mending (`alma doctor` shows it):\(list)")
        }
        return configuration
    }

    private mutating func configuration() -> ServerConfiguration {
        let publicURL = webAddress(.publicURL)
        let data = absolute(text(.data) ?? "data")
        return ServerConfiguration(
            host: text(.host) ?? "127.0.0.1",
            port: number(.port, in: 1...65_535) ?? 8000,
            dataFolder: data,
            backupFolder: text(.backups).map(absolute) ?? "\(data)/backups",
            resourceFolder: resourceFolder(),
            database: database(),
            databaseConnections: number(.databaseConnections, in: 2...500) ?? 16,
            workers: number(.workers, in: 0...10_000) ?? 256,
            runsPerUser: number(.runsPerUser, in: 1...10_000) ?? 64,
            streamsPerUser: number(.streamsPerUser, in: 1...100_000) ?? 200,
            takeover: .seconds(number(.takeover, in: 3...300) ?? 10),
            contextWindow: number(.contextWindow, in: 1024...100_000_000),
            turnTokens: number(.turnTokens, in: 1000...1_000_000_000_000),
            writesInBackground: text(.backgroundWriting) != "false",
            sandbox: choice(.sandbox) ?? .auto,
            sandboxNetwork: choice(.sandboxNetwork) ?? .listed,
            fileLimits: fileLimits(),
            mcpPrograms: paths(.mcpPrograms),
            mcpFolders: mcpFolders(),
            mcpPatience: .seconds(number(.mcpPatience, in: 1...600) ?? 20),
            backsUpBeforeMigration: text(.migrationBackup) != "false",
            registration: choice(.registration),
            firstSuperuser: firstSuperuser(),
            publicURL: publicURL,
            secureCookies: secureCookies(publicURL: publicURL),
            trustedProxies: ranges(.trustedProxies),
            allowedHosts: list(.allowedHosts),
            corsOrigins: list(.corsOrigins),
            rateLimits: rateLimits(),
            toolNetworks: ranges(.toolNetworks),
            search: search(),
            mail: mail(publicURL: publicURL),
            secretKey: secretKey(),
            providerKeys: providerKeys(),
            azureEndpoint: webAddress(.azureEndpoint),
            logLevel: choice(.logLevel) ?? .info,
            logFormat: choice(.logFormat) ?? .text
        )
    }

    private mutating func list(_ option: ConfigurationOption) -> [String] {
        (text(option) ?? "").split { $0 == "," || $0.isWhitespace }.map(String.init)
    }

    private mutating func rateLimits() -> RateLimits {
        var limits = RateLimits()
        let most = 1_000_000_000
        if let rate = number(.userRate, in: 0...most) { limits.perUser = rate }
        if let rate = number(.keyRate, in: 0...most) { limits.perKey = rate }
        if let rate = number(.addressRate, in: 0...most) { limits.perAddress = rate }
        if let rate = number(.signInRate, in: 0...most) { limits.signIn = rate }
        return limits
    }

    /// They are configured in megabytes.
    private mutating func fileLimits() -> FileLimits {
        var limits = FileLimits()
        if let file = number(.fileSize, in: 1...1024) { limits.file = Int64(file) << 20 }
        if let conversation = number(.conversationFiles, in: 1...100_000) {
            limits.conversation = Int64(conversation) << 20
        }
        if let person = number(.personFiles, in: 1...10_000_000) { limits.person = Int64(person) << 20 }
        limits.conversation = max(limits.conversation, limits.file)
        limits.person = max(limits.person, limits.conversation)
        return limits
    }

    mutating func text(_ option: ConfigurationOption) -> String? {
        do throws(AppError) {
            return try sources.find(option)?.text
        } catch {
            problems.append(error.message)
            return nil
        }
    }

    private mutating func number(_ option: ConfigurationOption, in range: ClosedRange<Int>) -> Int? {
        guard let text = text(option) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            problems.append("\(option.variable) must be from \(range.lowerBound) to \(range.upperBound), not \(text).")
            return nil
        }
        return number
    }

    mutating func report(_ problem: String) { problems.append(problem) }

    mutating func choice<Choice>(_ option: ConfigurationOption) -> Choice?
    where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
        guard let text = text(option) else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        problems.append("\(option.variable) must be one of \(names), not '\(text)'.")
        return nil
    }

    private mutating func webAddress(_ option: ConfigurationOption) -> String? {
        guard let text = text(option) else { return nil }
        guard let url = URL(string: text), ["http", "https"].contains(url.scheme ?? ""), url.host() != nil else {
            problems.append("\(option.variable) must be like https://alma.example.org, not '\(text)'.")
            return nil
        }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    private mutating func secureCookies(publicURL: String?) -> Bool {
        switch text(.secureCookies) ?? "auto" {
        case "true": return true
        case "false": return false
        case "auto": return publicURL?.hasPrefix("https://") ?? false
        case let other:
            problems.append("ALMA_SECURE_COOKIES must be auto, true or false, not '\(other)'.")
            return false
        }
    }

    private mutating func ranges(_ option: ConfigurationOption) -> [AddressRange] {
        let entries = (text(option) ?? "").split { $0 == "," || $0.isWhitespace }
        return entries.compactMap { entry in
            if let range = AddressRange(String(entry)) { return range }
            problems.append("\(option.variable) must be like 127.0.0.1, 10.0.0.0/8, not '\(entry)'.")
            return nil
        }
    }

    private mutating func paths(_ option: ConfigurationOption) -> [String] {
        let entries = (text(option) ?? "").split { $0 == "," || $0.isNewline }.map { String($0).trimmed }.filter {
            !$0.isEmpty
        }
        return entries.compactMap { path in
            let plain = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
            let isPath = plain.hasPrefix("/") && URL(fileURLWithPath: plain).standardizedFileURL.path == plain
            if isPath { return plain }
            problems.append(
                "\(option.variable) must be absolute paths without '..', separated by commas, not '\(path)'."
            )
            return nil
        }
    }

    /// What a strange program reads is no more than was meant: neither everything, nor our own data.
    private mutating func mcpFolders() -> [String] {
        let own = absolute(text(.data) ?? "data")
        return paths(.mcpFolders).filter { path in
            let isOurs = path == "/" || path == own || own.hasPrefix(path + "/") || path.hasPrefix(own + "/")
            if isOurs { problems.append("ALMA_MCP_FOLDERS must not hold ALMA's own data, as '\(path)' does.") }
            return !isOurs
        }
    }

    private mutating func search() -> SearchService? {
        let (name, url, key) = (text(.search), webAddress(.searchURL), text(.searchKey))
        guard let name else {
            if url != nil || key != nil {
                problems.append("ALMA_SEARCH_URL or ALMA_SEARCH_KEY is set without ALMA_SEARCH.")
            }
            return SearchService(.duckduckgo)
        }
        guard name != "none" else { return nil }
        guard let kind = SearchService.Kind(rawValue: name) else {
            let names = (SearchService.Kind.allCases.map(\.rawValue) + ["none"]).joined(separator: ", ")
            problems.append("ALMA_SEARCH must be one of \(names), not '\(name)'.")
            return nil
        }
        if kind.needsURL, url == nil { problems.append("ALMA_SEARCH=\(name) needs ALMA_SEARCH_URL.") }
        if kind.needsKey, key == nil { problems.append("ALMA_SEARCH=\(name) needs ALMA_SEARCH_KEY.") }
        if kind == .custom, url?.contains("{query}") == false {
            problems.append(
                "ALMA_SEARCH_URL must hold {query} where the words go, such as https://example.org/?q={query}."
            )
        }
        return SearchService(kind, url: url, key: key.map { Secret($0) })
    }

    private mutating func secretKey() -> Secret? {
        guard let text = text(.secretKey) else { return nil }
        if text.utf8.count < 32 || Self.knownSecrets.contains(text.lowercased()) || Set(text).count < 8 {
            problems.append(
                "SECRET_KEY is weak: use 32 random bytes or more, say from `openssl rand -base64 48`, "
                    + "or leave it out and one is made in the data folder."
            )
        }
        return Secret(text)
    }

    private mutating func firstSuperuser() -> ServerConfiguration.FirstSuperuser? {
        let email = text(.firstSuperuser)
        let password = text(.firstSuperuserPassword)
        guard let email else {
            if password != nil {
                problems.append("FIRST_SUPERUSER_PASSWORD is set without FIRST_SUPERUSER, an e-mail.")
            }
            return nil
        }
        if !email.contains("@") { problems.append("FIRST_SUPERUSER must be an e-mail address, not '\(email)'.") }
        guard let password else {
            problems.append("FIRST_SUPERUSER is set without FIRST_SUPERUSER_PASSWORD.")
            return nil
        }
        if password.count < 8 || Self.knownSecrets.contains(password.lowercased()) || password == "admin_password" {
            problems.append("FIRST_SUPERUSER_PASSWORD is weak: use 8 characters or more that stand in no example.")
        }
        return ServerConfiguration.FirstSuperuser(email: email, password: Secret(password))
    }

    private mutating func providerKeys() -> [String: Secret] {
        var keys: [String: Secret] = [:]
        for option in ConfigurationOption.providerKeys {
            keys[option.variable] = text(option).map { Secret($0) }
        }
        return keys
    }

    private mutating func database() -> ServerConfiguration.DatabaseChoice {
        if let url = text(.databaseURL) {
            if !url.hasPrefix("postgres://"), !url.hasPrefix("postgresql://") {
                problems.append("DATABASE_URL must be like postgresql://user:password@host:5432/database.")
            }
            return .external(url: Secret(url))
        }
        guard let server = text(.postgresServer) else {
            for option in [ConfigurationOption.postgresUser, .postgresDatabase] where text(option) != nil {
                problems.append("\(option.variable) is set without POSTGRES_SERVER: set it, or neither.")
            }
            return .embedded
        }
        let parts = DatabaseParts(
            server: server,
            port: number(.postgresPort, in: 1...65_535) ?? 5432,
            user: text(.postgresUser) ?? "alma",
            password: text(.postgresPassword),
            database: text(.postgresDatabase) ?? "alma"
        )
        return .external(url: Secret(parts.url))
    }

    private mutating func resourceFolder() -> String {
        let given = text(.resources).map(absolute)
        if let found = ResourceFolder.find(given: given) { return found }
        let place = given ?? "beside the program or in the current folder"
        problems.append(
            "Migrations, Templates and Public were not found (\(place)): set ALMA_RESOURCES to their folder."
        )
        return ""
    }

    private func absolute(_ path: String) -> String {
        let expanded = path.hasPrefix("~/") ? NSHomeDirectory() + path.dropFirst() : path
        return URL(fileURLWithPath: expanded).standardizedFileURL.path
    }
}
