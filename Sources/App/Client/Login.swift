import Engine
import Foundation

/// Where a person's commands find their server, and how they sign in: kept in a file that nobody else may read.
struct Login: Codable, Sendable {
    var server: String
    /// An access token; with a `key` there is none.
    var token: String?
    var refreshToken: String?
    /// An API key.
    var key: String?
    /// The person has said that plain HTTP will do.
    var trustsNetwork: Bool?

    /// What is sent.
    var credential: String? { key ?? token }

    init(server: String, key: String) {
        self.server = server
        self.key = key
    }

    /// `data`: as the server answers whoever signs in; nil when it is not that.
    init?(server: String, _ data: JSONValue) {
        guard let token = data["access_token"]?.string else { return nil }
        self.server = server
        self.token = token
        refreshToken = data["refresh_token"]?.string
    }

    /// Whether it is at this server, in whichever way the address is written.
    func isAt(_ address: String) -> Bool {
        // Only compared: what may be sent there is decided elsewhere.
        let mine = try? ServerAddress(server, trustsNetwork: true)
        let other = try? ServerAddress(address, trustsNetwork: true)
        return mine != nil && mine?.identity == other?.identity
    }

    /// Whether its person has said that plain HTTP will do for this server.
    func trusts(_ address: String) -> Bool { trustsNetwork == true && isAt(address) }

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

    /// False when there was none.
    static func forget(_ environment: [String: String]) -> Bool {
        (try? FileManager.default.removeItem(atPath: path(environment))) != nil
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
}
