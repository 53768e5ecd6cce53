import Engine
import Fetch
import Foundation

/// Where a person's commands find their server, and how they sign in: kept in a file that nobody else may read.
struct Login: Codable, Sendable {
    var server: String
    var token: String
    var refreshToken: String?

    /// `$XDG_CONFIG_HOME/alma/login.json`, by default below `~/.config`.
    static func path(_ environment: [String: String]) -> String {
        let home = environment["HOME"] ?? NSHomeDirectory()
        let folder = environment["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? home + "/.config"
        return folder + "/alma/login.json"
    }

    /// nil when nobody has signed in here, or the file cannot be read.
    static func read(_ environment: [String: String]) -> Login? {
        guard let data = FileManager.default.contents(atPath: path(environment)) else { return nil }
        return try? JSONDecoder().decode(Login.self, from: data)
    }

    func write(_ environment: [String: String]) throws(AppError) {
        let path = Self.path(environment)
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        do {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
            let data = try JSONEncoder().encode(self)
            // Made anew with its rights, so that it is never open for a moment.
            try? FileManager.default.removeItem(atPath: path + ".new")
            guard
                FileManager.default.createFile(
                    atPath: path + ".new",
                    contents: data,
                    attributes: [.posixPermissions: 0o600]
                ), rename(path + ".new", path) == 0
            else { throw CocoaError(.fileWriteUnknown) }
        } catch {
            throw AppError(.account, "The login cannot be kept in \(path): \(error.localizedDescription)")
        }
    }

    /// The same with fresh tokens; nil when it is too old for that.
    func refreshed(_ fetch: FetchClient) async -> Login? {
        guard let refreshToken else { return nil }
        let client = ServerClient(fetch, server: server)
        let body = JSONValue.object(["refresh_token": .string(refreshToken)])
        guard let data = try? await client.post("/v1/login/refresh-token", body) else { return nil }
        return Login(server: server, data)
    }

    init?(server: String, _ data: JSONValue) {
        guard let token = data["access_token"]?.string else { return nil }
        self.server = server
        self.token = token
        refreshToken = data["refresh_token"]?.string
    }
}
