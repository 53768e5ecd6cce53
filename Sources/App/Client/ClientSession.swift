import Engine
import Fetch
import Foundation

/// By what a command asks its server, kept fresh: access tokens live for minutes, the login lives on.
actor ClientSession {
    private let fetch: FetchClient
    private let environment: [String: String]
    private var login: Login
    /// Under way; whoever comes meanwhile waits for the same.
    private var renewal: Task<Login?, Never>?

    init(_ login: Login, _ fetch: FetchClient, _ environment: [String: String]) {
        (self.login, self.fetch, self.environment) = (login, fetch, environment)
    }

    var credential: String? { login.credential }

    /// Another one for a credential that the server has refused; nil where there is none.
    func credential(insteadOf stale: String?) async -> String? {
        guard login.credential == stale else { return login.credential }
        guard login.refreshToken != nil else { return nil }
        let (login, fetch, environment) = (login, fetch, environment)
        // Not the asker's own task: a refresh token works once, and its answer has to be kept whoever gives up meanwhile.
        let renewal = self.renewal ?? Task { await Self.renewed(login, fetch, environment) }
        self.renewal = renewal
        let fresh = await renewal.value
        self.renewal = nil
        guard let fresh else { return nil }
        self.login = fresh
        return fresh.credential
    }

    /// A refresh token that comes twice ends the whole login, so commands that run side by side take turns, and look first at
    /// what the others have brought.
    private static func renewed(_ login: Login, _ fetch: FetchClient, _ environment: [String: String]) async -> Login? {
        let lock = open(Login.path(environment) + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        defer { if lock >= 0 { close(lock) } }
        if lock >= 0 { flock(lock, LOCK_EX) }
        guard let kept = Login.read(environment), kept.server == login.server else { return nil }
        if kept.credential != login.credential { return kept }
        guard let refreshToken = kept.refreshToken else { return nil }
        let body = JSONValue.object(["refresh_token": .string(refreshToken)])
        let data = try? await ServerClient(fetch, server: login.server).post("/v1/login/refresh-token", body)
        guard let data, var fresh = Login(server: login.server, data) else { return nil }
        fresh.trustsNetwork = login.trustsNetwork
        return (try? fresh.write(environment)).map { fresh }
    }
}
