import Foundation

/// The `POSTGRES_*` variables, joined into one address.
struct DatabaseParts {
    var server: String
    var port: Int
    var user: String
    var password: String?
    var database: String

    var url: String {
        let login = Self.escaped(user) + (password.map { ":" + Self.escaped($0) } ?? "")
        // A folder is a Unix socket's; libpq takes it as a parameter only.
        if server.hasPrefix("/") {
            return "postgresql://\(login)@/\(Self.escaped(database))?host=\(Self.escaped(server))&port=\(port)"
        }
        let name = server.contains(":") ? "[\(server)]" : server
        return "postgresql://\(login)@\(name):\(port)/\(Self.escaped(database))"
    }

    private static func escaped(_ text: String) -> String {
        var allowed = CharacterSet.alphanumerics
        allowed.insert(charactersIn: "-._~")
        return text.addingPercentEncoding(withAllowedCharacters: allowed) ?? text
    }
}
