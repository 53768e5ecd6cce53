import Foundation

/// What the processes of a command hold of a disk that no folder shows: files whose name is gone, but which are open or
/// mapped. They take their room until the last of these processes lets go.
struct HiddenFiles {
    /// What is looked at of all processes together: a program with more than this is not worth a server's time.
    private static let most = 100_000

    private let device: dev_t
    private var left = most
    private var seen: Set<ino_t> = []
    /// Bytes.
    private(set) var occupied: Int64 = 0

    /// Of a process and all that descend from it, on the disk of that folder.
    init(of command: pid_t, beside folder: Descriptor) {
        var about = stat()
        guard fstat(folder.number, &about) == 0 else {
            device = 0
            return
        }
        device = about.st_dev
        let processes = Self.descendants(of: command)
        for process in processes { count("/proc/\(process)/fd") }
        // Root alone sees what these lead to.
        for process in processes { count("/proc/\(process)/map_files") }
    }

    /// With the process itself. The kernel lists the children of each thread.
    static func descendants(of process: pid_t) -> [pid_t] {
        var found = [process]
        var next = 0
        while next < found.count, found.count < 10_000 {
            let tasks = "/proc/\(found[next])/task"
            for task in (try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? [] {
                let list = (try? String(contentsOfFile: "\(tasks)/\(task)/children", encoding: .utf8)) ?? ""
                found += list.split(separator: " ").compactMap { pid_t($0) }
            }
            next += 1
        }
        return found
    }

    private mutating func count(_ path: String) {
        guard let entries = opendir(path) else { return }
        defer { closedir(entries) }
        let folder = dirfd(entries)
        while left > 0, let entry = readdir(entries) {
            left -= 1
            var about = stat()
            // What the entry leads to, whatever name that may have had.
            let got = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { fstatat(folder, $0, &about, 0) }
            }
            guard got == 0, about.st_nlink == 0, about.st_dev == device, seen.insert(about.st_ino).inserted else {
                continue
            }
            occupied += about.occupied
        }
    }
}
