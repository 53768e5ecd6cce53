import Engine
import Foundation
import Logging
import Postgres
import Sandbox
import Tools

/// Looks at everything that a start would need, and changes nothing.
struct Doctor {
    private let sources: ConfigurationSources
    private var report = DoctorReport()

    init(sources: ConfigurationSources) { self.sources = sources }

    consuming func examine() async -> DoctorReport {
        var doctor = self
        doctor.report.add(.note, "version", Version.current)
        doctor.listConfiguration()
        do throws(AppError) {
            let configuration = try ConfigurationReader.read(doctor.sources)
            doctor.report.add(.fine, "configuration", "complete")
            doctor.checkFolder(configuration)
            doctor.checkPort(configuration)
            await doctor.checkDatabase(configuration)
            await doctor.checkSandbox(configuration)
            doctor.checkDocumentPrograms()
        } catch {
            doctor.report.add(.failure, "configuration", error.message)
        }
        for library in LoadedLibraries.versions { doctor.report.add(.note, library.name, library.version) }
        return doctor.report
    }

    private mutating func listConfiguration() {
        for option in ConfigurationOption.all {
            guard let finding = try? sources.find(option) else { continue }
            let value = option.isSecret ? "[hidden, \(finding.text.count) characters]" : finding.text
            report.add(.note, option.variable, "\(value)  (\(finding.source))")
        }
    }

    private mutating func checkFolder(_ configuration: ServerConfiguration) {
        let path = configuration.dataFolder
        var existing = URL(fileURLWithPath: path)
        while !FileManager.default.fileExists(atPath: existing.path) { existing.deleteLastPathComponent() }
        guard access(existing.path, W_OK | X_OK) == 0 else {
            return report.add(
                .failure,
                "data folder",
                "\(path): \(existing.path) is not writable for '\(NSUserName())'"
            )
        }
        let isThere = existing.path == path
        report.add(.fine, "data folder", isThere ? path : "\(path) (to be made)")
        guard let space = DiskSpace(at: existing.path) else { return }
        let free = space.freeBytes / 1_048_576
        report.add(free < 500 ? .failure : free < 2000 ? .warning : .fine, "disk", "\(free) MB free")
    }

    private mutating func checkPort(_ configuration: ServerConfiguration) {
        let address = "\(configuration.host):\(configuration.port)"
        if let problem = PortCheck.problem(host: configuration.host, port: configuration.port) {
            // A running ALMA of this folder is no illness.
            let owner = EmbeddedVisit.address(in: DataFolder(existing: configuration.dataFolder)) != nil
            return report.add(owner ? .warning : .failure, "port", "\(address): \(problem)")
        }
        report.add(.fine, "port", "\(address) is free")
    }

    /// By trying, as a start does.
    private mutating func checkSandbox(_ configuration: ServerConfiguration) async {
        var logger = Logger(label: "doctor")
        logger.logLevel = .critical
        let part = await SandboxPart.open(configuration, logger: logger)
        defer { part.close() }
        switch part {
        case .ready(let sandbox):
            report.add(sandbox.report.isComplete ? .fine : .warning, "sandbox", sandbox.report.summary)
            let words =
                BrowserSessions.isInstalled
                ? "Chromium is there" : "none: agents open no pages (chromium is not installed)"
            report.add(.note, "browser", words)
        case .unavailable(let reason): report.add(.warning, "sandbox", "agents run no programs: \(reason)")
        case .off: report.add(.note, "sandbox", "off (ALMA_SANDBOX)")
        }
    }

    /// Without one of them its formats cannot be read.
    private mutating func checkDocumentPrograms() {
        let missing = DocumentProgram.missingPackages
        let there = DocumentProgram.allCases.filter(\.isInstalled).map(\.rawValue).joined(separator: ", ")
        let words = missing.isEmpty ? there : "\(there); not installed: \(missing.joined(separator: ", "))"
        report.add(missing.isEmpty ? .fine : .note, "documents", words)
    }

    private mutating func checkDatabase(_ configuration: ServerConfiguration) async {
        switch configuration.database {
        case .external(let url):
            report.add(.note, "database", "the server of DATABASE_URL or POSTGRES_SERVER")
            await checkConnection(url: url.reveal(), configuration)
        case .embedded:
            await checkEmbedded(configuration)
        }
    }

    private mutating func checkEmbedded(_ configuration: ServerConfiguration) async {
        let data = DataFolder(existing: configuration.dataFolder)
        let version = PostgresCluster.majorVersion(of: "\(data.path)/postgres")
        do throws(AppError) {
            let programs = try PostgresPrograms.choose(majorVersion: version)
            report.add(.fine, "PostgreSQL", "\(programs.majorVersion) in \(programs.folder)")
            report.add(.fine, "runs it", "as the user '\(try ServiceUser.forPostgres().name)'")
        } catch {
            return report.add(.failure, "PostgreSQL", error.message)
        }
        guard version != nil else { return report.add(.note, "database", "our own, to be made at the first start") }
        guard let address = EmbeddedVisit.address(in: data) else {
            return report.add(.note, "database", "our own, not running; start ALMA to see its migrations")
        }
        report.add(.fine, "database", "our own, running")
        await checkConnection(url: address.url(role: PostgresCluster.administrator), configuration)
    }

    private mutating func checkConnection(url: String, _ configuration: ServerConfiguration) async {
        var logger = Logger(label: "doctor")
        logger.logLevel = .critical
        do {
            var place = try DatabaseConfiguration(url: url)
            place.maximumConnections = 1
            let database = Database(place, logger: logger)
            let rows = try await database.query(
                "select current_setting('server_version') as version, current_user::text as role"
            )
            let version: String = try rows[0].get("version")
            let role: String = try rows[0].get("role")
            report.add(.fine, "connection", "PostgreSQL \(version) as '\(role)'")
            let migrator = Migrator(
                database: database,
                directory: "\(configuration.resourceFolder)/Migrations",
                logger: logger
            )
            let missing = try await migrator.up(dryRun: true)
            report.add(
                missing.isEmpty ? .fine : .note,
                "migrations",
                missing.isEmpty ? "up to date" : "\(missing.count) to apply"
            )
            await database.close()
        } catch {
            report.add(.failure, "connection", "\(error)")
        }
    }
}
