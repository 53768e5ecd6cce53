import Engine
import Foundation

/// Where the cluster's files are: in the data folder, or behind a link from there when PostgreSQL's user, who is not
/// root, may not enter it (a checkout in /root, say).
struct ClusterPlace: Sendable {
    private static let elsewhere = "/var/lib/alma"

    /// The folder around the cluster, without links.
    var base: String
    /// Why it is not the data folder.
    var relocation: String?

    var cluster: String { "\(base)/postgres" }

    init(data: DataFolder, user: ServiceUser) throws(AppError) {
        let inside = "\(data.path)/postgres"
        if let linked = try? FileManager.default.destinationOfSymbolicLink(atPath: inside) {
            base = Self.real(URL(fileURLWithPath: linked).deletingLastPathComponent().path)
            return
        }
        guard !FileManager.default.fileExists(atPath: "\(inside)/PG_VERSION"),
            let blocked = user.blockedFolder(on: data.path)
        else {
            base = Self.real(data.path)
            return
        }
        base = "\(Self.elsewhere)/\(UUID.v7().text)"
        relocation = "the user '\(user.name)' may not enter \(blocked)"
        try makeLink(at: inside)
    }

    private func makeLink(at inside: String) throws(AppError) {
        do {
            try FileManager.default.createDirectory(atPath: base, withIntermediateDirectories: true)
            chmod(Self.elsewhere, 0o711)
            chmod(base, 0o711)
            try FileManager.default.createSymbolicLink(atPath: inside, withDestinationPath: cluster)
        } catch {
            throw AppError(
                .dataFolder,
                "\(relocation ?? "") and \(base) cannot be made (\(error.localizedDescription)): set ALMA_DATA to a folder "
                    + "that other users may pass through, such as /var/lib/alma."
            )
        }
    }

    private static func real(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
