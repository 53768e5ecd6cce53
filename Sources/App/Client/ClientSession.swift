import Engine
import Fetch
import Foundation

/// By what a command asks its server, kept fresh: access tokens live for minutes, the login lives on.
actor ClientSession {
    private let fetch: FetchClient
    private let environment: [String: String]
    private var login: Login
    /// Whether the file has what we have. Where it could not be written, what it has is used up.
    private var isKept = true
    /// Under way; whoever comes meanwhile waits for the same.
    private var renewal: Task<Result<Renewed?, CommandFailure>, Never>?

    private struct Renewed: Sendable {
        var login: Login
        var isKept = true
    }

    init(_ login: Login, _ fetch: FetchClient, _ environment: [String: String]) {
        (self.login, self.fetch, self.environment) = (login, fetch, environment)
    }

    var credential: String? { login.credential }

    /// Another one for a credential that the server has refused; nil where there is none. Throws what keeps the server from
    /// answering, which says nothing about the login.
    func credential(insteadOf stale: String?) async throws(CommandFailure) -> String? {
        guard login.credential == stale else { return login.credential }
        guard login.refreshToken != nil else { return nil }
        let (login, isKept, fetch, environment) = (login, isKept, fetch, environment)
        // Not the asker's own task: a refresh token works once, and its answer has to be kept whoever gives up meanwhile.
        let renewal = self.renewal ?? Self.renewal(of: login, isKept: isKept, fetch, environment)
        self.renewal = renewal
        let result = await renewal.value
        self.renewal = nil
        guard let fresh = try result.get() else { return nil }
        (self.login, self.isKept) = (fresh.login, fresh.isKept)
        return fresh.login.credential
    }

    private static func renewal(
        of login: Login,
        isKept: Bool,
        _ fetch: FetchClient,
        _ environment: [String: String]
    ) -> Task<Result<Renewed?, CommandFailure>, Never> {
        Task {
            do throws(CommandFailure) {
                return .success(try await Self.renewed(login, isKept: isKept, fetch, environment))
            } catch {
                return .failure(error)
            }
        }
    }

    /// A refresh token that comes twice ends the whole login, so commands that run side by side take turns, and look first at
    /// what the others have brought.
    private static func renewed(
        _ login: Login,
        isKept: Bool,
        _ fetch: FetchClient,
        _ environment: [String: String]
    ) async throws(CommandFailure) -> Renewed? {
        let lock = open(Login.path(environment) + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        defer { if lock >= 0 { close(lock) } }
        if lock >= 0 { flock(lock, LOCK_EX) }
        var known = login
        if isKept {
            guard let kept = Login.read(environment), kept.server == login.server else { return nil }
            if kept.credential != login.credential { return Renewed(login: kept) }
            known = kept
        }
        guard let refreshToken = known.refreshToken,
            let data = try await tokens(for: refreshToken, ServerClient(fetch, server: login.server))
        else { return nil }
        guard var fresh = Login(server: login.server, data) else { throw CommandFailure.notALMA(login.server) }
        fresh.trustsNetwork = login.trustsNetwork
        do {
            try fresh.write(environment)
            return Renewed(login: fresh)
        } catch {
            // What they are for is done all the same; the file's are used up.
            Terminal.note("alma: \(error) The next command will want `alma login`.")
            return Renewed(login: fresh, isKept: false)
        }
    }

    /// nil when the server takes the refresh token no more.
    private static func tokens(
        for refreshToken: String,
        _ client: ServerClient
    ) async throws(CommandFailure) -> JSONValue? {
        do throws(CommandFailure) {
            return try await client.post("/v1/login/refresh-token", .object(["refresh_token": .string(refreshToken)]))
        } catch {
            guard let status = error.status, 400..<600 ~= status else { throw error }
            if status < 500, status != 429 { return nil }
            var failure = error
            // A server that fails here is as good as away: whoever has patience asks again.
            if status >= 500 { failure.code = .unreachable }
            throw failure
        }
    }
}
