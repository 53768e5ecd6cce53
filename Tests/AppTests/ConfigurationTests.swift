import Configuration
import Engine
import Logging
import Testing
import Tools

@testable import App

/// Values are found in the order that is promised, and checked before anything starts.
@Suite struct ConfigurationTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func read(
        flags: [ConfigurationFlag] = [],
        environment: [String: String] = [:],
        environmentFile: [String: String] = [:],
        json: String? = nil
    ) async throws -> ServerConfiguration {
        let resources = try folder.resources()
        let sources = try await ConfigurationSources(
            flags: flags,
            environment: environment.merging(["ALMA_RESOURCES": resources]) { given, _ in given },
            environmentFile: environmentFile,
            configurationFile: try json.map { try folder.file("alma.json", $0) }
        )
        return try ConfigurationReader.read(sources)
    }

    /// The message of what goes wrong.
    private func complaint(_ environment: [String: String]) async throws -> String {
        do {
            _ = try await read(environment: environment)
            return ""
        } catch let error as AppError {
            return error.message
        }
    }

    @Test func defaults() async throws {
        let configuration = try await read()
        #expect(configuration.localURL == "http://127.0.0.1:8000")
        #expect(configuration.dataFolder.hasSuffix("/data"))
        #expect(configuration.registration == nil)
        #expect(!configuration.secureCookies)
        guard case .embedded = configuration.database else {
            Issue.record("not our own database")
            return
        }
    }

    @Test func flagsThenEnvironmentThenEnvironmentFileThenFile() async throws {
        let json = #"{"alma": {"host": "10.0.0.4", "port": 4, "workers": 4, "logLevel": "error"}}"#
        let configuration = try await read(
            flags: [ConfigurationFlag(.host, "10.0.0.1")],
            environment: ["ALMA_HOST": "10.0.0.2", "ALMA_PORT": "2"],
            environmentFile: ["ALMA_HOST": "10.0.0.3", "ALMA_PORT": "3", "ALMA_WORKERS": "3"],
            json: json
        )
        #expect(configuration.host == "10.0.0.1")
        #expect(configuration.port == 2)
        #expect(configuration.workers == 3)
        #expect(configuration.logLevel == .error)
    }

    @Test func namesAreAList() async throws {
        #expect(try await read().allowedHosts == [])
        let hosts = try await read(environment: ["ALMA_ALLOWED_HOSTS": "alma.example.org, 10.0.0.7"]).allowedHosts
        #expect(hosts == ["alma.example.org", "10.0.0.7"])
    }

    @Test func takingOverCanBeQuickerOrSlower() async throws {
        #expect(try await read().takeover == .seconds(10))
        #expect(try await read(environment: ["ALMA_TAKEOVER_SECONDS": "4"]).takeover == .seconds(4))
        #expect(try await complaint(["ALMA_TAKEOVER_SECONDS": "1"]).contains("ALMA_TAKEOVER_SECONDS"))
    }

    @Test func emptyMeansNotSet() async throws {
        let configuration = try await read(environment: ["ALMA_PORT": "", "DATABASE_URL": ""])
        #expect(configuration.port == 8000)
    }

    @Test func allProblemsAtOnce() async throws {
        let text = try await complaint([
            "ALMA_PORT": "70000", "ALMA_WORKERS": "many", "ALMA_LOG_FORMAT": "xml", "ALMA_PUBLIC_URL": "alma",
            "SECRET_KEY": "changethis", "FIRST_SUPERUSER": "a@b.example", "POSTGRES_USER": "alma",
            "ALMA_SECURE_COOKIES": "maybe",
        ])
        for name in [
            "ALMA_PORT", "ALMA_WORKERS", "ALMA_LOG_FORMAT", "ALMA_PUBLIC_URL", "SECRET_KEY", "FIRST_SUPERUSER_PASSWORD",
            "POSTGRES_SERVER", "ALMA_SECURE_COOKIES",
        ] { #expect(text.contains(name)) }
    }

    @Test(arguments: ["changethis", "short", String(repeating: "ab", count: 20), "your_secret_key_here"])
    func weakSecretKeysAreRefused(key: String) async throws {
        let text = try await complaint(["SECRET_KEY": key])
        #expect(text.contains("SECRET_KEY is weak"))
        #expect(key == "short" || !text.contains(key))
    }

    @Test func strongSecretKeyIsTaken() async throws {
        let key = SetUpToken.make().reveal()
        #expect(try await read(environment: ["SECRET_KEY": key]).secretKey == Secret(key))
    }

    @Test func examplePasswordsAreRefused() async throws {
        let text = try await complaint(["FIRST_SUPERUSER": "a@b.example", "FIRST_SUPERUSER_PASSWORD": "admin_password"])
        #expect(text.contains("FIRST_SUPERUSER_PASSWORD is weak"))
    }

    @Test func cookiesAreSecureBehindTLS() async throws {
        #expect(try await read(environment: ["ALMA_PUBLIC_URL": "https://alma.example.org/"]).secureCookies)
        let forced = ["ALMA_PUBLIC_URL": "https://alma.example.org", "ALMA_SECURE_COOKIES": "false"]
        #expect(try await !read(environment: forced).secureCookies)
    }

    @Test func proxiesAreAddressesAndRanges() async throws {
        #expect(try await read().trustedProxies.isEmpty)
        let proxies = try await read(environment: ["ALMA_TRUSTED_PROXIES": "127.0.0.1, 10.0.0.0/8 fd00::/8"])
            .trustedProxies
        #expect(proxies.count == 3)
        for wrong in ["proxy.example", "10.0.0.0/33", "10.0.0/8", "::1/x"] {
            #expect(try await complaint(["ALMA_TRUSTED_PROXIES": "127.0.0.1,\(wrong)"]).contains("'\(wrong)'"))
        }
    }

    @Test func programsForToolsAreAbsolutePaths() async throws {
        let environment = ["ALMA_MCP_PROGRAMS": "/opt/mcp/bin/a, /opt/mcp/bin/b", "ALMA_MCP_FOLDERS": "/opt/mcp/"]
        let configuration = try await read(environment: environment)
        #expect(configuration.mcpPrograms == ["/opt/mcp/bin/a", "/opt/mcp/bin/b"])
        #expect(configuration.mcpFolders == ["/opt/mcp"])
        #expect(configuration.mcpPatience == .seconds(20))
        for path in ["bin/a", "/opt/../bin/a", "~/a"] {
            #expect(try await complaint(["ALMA_MCP_PROGRAMS": path]).contains("absolute paths"))
        }
        // Neither everything, nor what ALMA keeps.
        for path in ["/", "/srv", "/srv/alma", "/srv/alma/postgres"] {
            let words = try await complaint(["ALMA_MCP_FOLDERS": path, "ALMA_DATA": "/srv/alma"])
            #expect(words.contains("ALMA's own data"), "\(path)")
        }
    }

    @Test func whereAgentsSearch() async throws {
        #expect(try await read().search?.kind == .duckduckgo)
        #expect(try await read(environment: ["ALMA_SEARCH": "none"]).search == nil)
        let own = ["ALMA_SEARCH": "custom", "ALMA_SEARCH_URL": "https://find.example/?q={query}&n={count}"]
        #expect(try await read(environment: own).search?.kind == .custom)
        for (environment, words) in [
            (["ALMA_SEARCH": "yahoo"], "brave, tavily, custom, none"), (["ALMA_SEARCH": "brave"], "ALMA_SEARCH_KEY"),
            (["ALMA_SEARCH": "searxng"], "needs ALMA_SEARCH_URL"), (["ALMA_SEARCH_KEY": "x"], "without ALMA_SEARCH"),
            (["ALMA_SEARCH": "custom", "ALMA_SEARCH_URL": "https://find.example/"], "{query}"),
        ] {
            #expect(try await complaint(environment).contains(words))
        }
    }

    @Test func databaseFromParts() async throws {
        let configuration = try await read(environment: [
            "POSTGRES_SERVER": "db", "POSTGRES_USER": "me", "POSTGRES_PASSWORD": "p@ss/word", "POSTGRES_DB": "alma",
        ])
        guard case .external(let url) = configuration.database else {
            Issue.record("our own database")
            return
        }
        #expect(url.reveal() == "postgresql://me:p%40ss%2Fword@db:5432/alma")
    }

    @Test func databaseURLCountsMoreThanParts() async throws {
        let configuration = try await read(environment: ["POSTGRES_SERVER": "db", "DATABASE_URL": "postgres://other/x"])
        guard case .external(let url) = configuration.database else {
            Issue.record("our own database")
            return
        }
        #expect(url.reveal() == "postgres://other/x")
    }

    @Test func localAddressOfAnyAddress() async throws {
        #expect(try await read(environment: ["ALMA_HOST": "0.0.0.0"]).localURL == "http://127.0.0.1:8000")
        #expect(try await read(environment: ["ALMA_HOST": "::1"]).localURL == "http://[::1]:8000")
    }

    @Test func brokenFileIsNamed() async throws {
        await #expect { try await read(json: "{not json") } throws: { "\($0)".contains("alma.json") }
    }

    /// `alma doctor` shows where a value came from, under the variable's name.
    @Test func everyOptionIsFoundUnderItsVariable() async throws {
        for option in ConfigurationOption.all {
            let value = option.type == .int ? "7" : option.type == .bool ? "true" : "text"
            let sources = try await ConfigurationSources(environment: [option.variable: value])
            #expect(try sources.find(option) == .init(text: value, source: "environment"), "\(option.variable)")
        }
    }
}
