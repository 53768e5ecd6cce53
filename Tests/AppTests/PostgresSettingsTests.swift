import Testing

@testable import App

/// The settings of our own PostgreSQL.
@Suite struct PostgresSettingsTests {
    @Test func namesWithSignsAreQuoted() {
        let text = PostgresSettings(socketFolder: #"/it's, "here"\now"#).text
        #expect(text.contains(#"unix_socket_directories = '"/it''s, ""here""\\now"'"#))
    }

    @Test func nothingListensOnTheNetworkAndNothingIsWrittenLate() {
        let text = PostgresSettings(socketFolder: "/run").text
        #expect(text.contains("listen_addresses = ''"))
        #expect(text.contains("\nfsync = on\n"))
        #expect(text.contains("\nsynchronous_commit = on\n"))
    }
}
