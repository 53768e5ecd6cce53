import Foundation

/// The folder that holds everything ALMA keeps on disk.
struct DataFolder: Sendable {
    let path: String

    /// Made when it is not there, closed to other users. As root, PostgreSQL's user must be able to pass through.
    init(path: String) throws(AppError) {
        self.path = path
        let isNew = !FileManager.default.fileExists(atPath: path)
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw AppError(.dataFolder, "The data folder \(path) cannot be made: \(error.localizedDescription)")
        }
        if isNew { chmod(path, geteuid() == 0 ? 0o711 : 0o700) }
        guard access(path, R_OK | W_OK | X_OK) == 0 else {
            throw AppError(
                .dataFolder,
                "The data folder \(path) is not writable for '\(NSUserName())': change its owner, or set ALMA_DATA."
            )
        }
    }

    /// One that is only looked at.
    init(existing path: String) { self.path = path }

    /// A private folder inside, for this process's user only.
    func privateFolder(_ name: String) throws(AppError) -> String {
        let folder = "\(path)/\(name)"
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
            throw AppError(.dataFolder, "\(folder) cannot be made: \(String(cString: strerror(errno)))")
        }
        return folder
    }
}
