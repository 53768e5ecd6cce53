import Foundation

/// Finds the folder with `Migrations`, `Templates` and `Public`.
enum ResourceFolder {
    private static let parts = ["Migrations", "Templates", "Public"]

    /// `given`, else an installation's share folder, else the nearest folder above the program, else the current one.
    static func find(given: String?) -> String? {
        if let given { return isComplete(given) ? given : nil }
        guard let program = Bundle.main.executablePath else { return nil }
        var folder = URL(fileURLWithPath: program).resolvingSymlinksInPath().deletingLastPathComponent()
        var candidates = [folder.deletingLastPathComponent().appendingPathComponent("share/alma").path]
        for _ in 0..<6 where folder.path != "/" {
            candidates.append(folder.path)
            folder.deleteLastPathComponent()
        }
        candidates.append(FileManager.default.currentDirectoryPath)
        return candidates.first(where: isComplete)
    }

    private static func isComplete(_ folder: String) -> Bool {
        parts.allSatisfy { part in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: "\(folder)/\(part)", isDirectory: &isFolder)
                && isFolder.boolValue
        }
    }
}
