/// Why the program cannot go on, in words that say what to do about it.
struct AppError: Error, CustomStringConvertible {
    enum Code: Sendable {
        case configuration, dataFolder, dataFolderInUse, postgresMissing, postgresFailed, postgresVersion
        case backup, portInUse, resources, account, secret
    }

    var code: Code
    var message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    var description: String { message }
}
