import Engine
import Fetch
import Foundation
import Testing

@testable import App

/// Where the kept login is used, and what happens when it cannot be renewed.
@Suite struct ClientSessionTests {
    private func options(_ server: String?) -> ServerOptions {
        var options = ServerOptions()
        (options.server, options.trustsNetwork) = (server, false)
        return options
    }

    private func kept(_ server: String) -> Login {
        var login = Login(server: server, key: "k")
        login.trustsNetwork = true
        return login
    }

    @Test func theKeptServerComesBeforeTheUsualOne() throws {
        let kept = Login(server: "https://alma.example.org", key: "k")
        #expect(try options(nil).address([:], kept).text == "https://alma.example.org")
        #expect(try options(nil).address(["ALMA_URL": "https://b.test"], kept).text == "https://b.test")
        #expect(try options("https://c.test").address(["ALMA_URL": "https://b.test"], kept).text == "https://c.test")
        #expect(try options(nil).address([:], nil).text == ServerAddress.usual)
    }

    @Test(arguments: [
        "http://alma.test:8000", "http://alma.test:8000/", "HTTP://alma.test:8000", "http://ALMA.test:8000",
    ]) func trustIsKeptHoweverTheAddressIsWritten(text: String) throws {
        #expect(try options(text).address([:], kept("http://alma.test:8000")).identity == "http://alma.test:8000")
        #expect(try options("http://alma.test:8000").address([:], kept(text)).text == "http://alma.test:8000")
    }

    @Test func theUsualPortIsTheSamePort() {
        #expect(kept("http://alma.test").trusts("http://alma.test:80"))
        #expect(kept("http://alma.test/a").trusts("http://alma.test:80/a/"))
    }

    @Test(arguments: ["http://alma.test", "http://alma.test:8001", "http://other.test:8000", "http://alma.test:8000/x"])
    func trustIsForNoOtherServer(text: String) {
        #expect(throws: CommandFailure.self) { try options(text).address([:], kept("http://alma.test:8000")) }
    }

    @Test func aServerThatIsAwayHasNotSignedAnybodyOut() async throws {
        let folder = try TemporaryFolder()
        let environment = ["XDG_CONFIG_HOME": folder.path]
        let tokens = try JSONValue(parsing: #"{"access_token": "a", "refresh_token": "r"}"#)
        // Nobody listens at the first port.
        let login = try #require(Login(server: "http://127.0.0.1:1", tokens))
        try login.write(environment)
        let fetch = FetchClient()
        let session = ClientSession(login, fetch, environment)
        let failure = await #expect(throws: CommandFailure.self) { try await session.credential(insteadOf: "a") }
        #expect(failure?.code == .unreachable && failure?.isPassing == true)
        #expect(await session.credential == "a")
        await fetch.close()
    }
}
