import Testing

@testable import Postgres

@Suite struct DatabaseConfigurationTests {
    @Test func anAddressIsRead() throws {
        var configuration = try DatabaseConfiguration(
            url: "postgresql://me:p%40ss@db.example:5433/alma?sslmode=verify-full&options=-c%20work_mem%3D8MB"
        )
        #expect(configuration.host == "db.example")
        #expect(configuration.port == 5433)
        #expect(configuration.user == "me")
        #expect(configuration.password == "p@ss")
        #expect(configuration.database == "alma")
        configuration.database = "other"
        let parameters = configuration.connectionParameters
        #expect(parameters["dbname"] == "other")
        #expect(parameters["sslmode"] == "verify-full")
        #expect(parameters["client_encoding"] == "UTF8")
        #expect(parameters["options"]?.hasSuffix("-c work_mem=8MB") == true)
        #expect(parameters["options"]?.contains("-c statement_timeout=30000") == true)
    }

    @Test func aSocketIsADirectory() throws {
        let configuration = try DatabaseConfiguration(url: "postgresql://me@/alma?host=/run/postgresql")
        #expect(configuration.host == "/run/postgresql")
        #expect(configuration.port == nil)
    }

    @Test func thePasswordIsNotShown() throws {
        let configuration = try DatabaseConfiguration(url: "postgresql://me:topsecret@host/alma")
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(!"\(configuration) \(String(reflecting: configuration)) \(dumped)".contains("topsecret"))
        let error = #expect(throws: DatabaseError.self) {
            try DatabaseConfiguration(url: "postgresql://me:topsecret@[::1/alma")
        }
        #expect(error?.code == .configuration)
        #expect(error.map { "\($0)".contains("topsecret") } == false)
    }
}
