import Foundation

/// A file that only its owner may read.
struct SecretFile {
    let path: String

    /// nil when there is none; throws when others could have read it.
    func read() throws -> String? {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw failure("cannot be opened")
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var info = stat()
        guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { throw failure("is not a file") }
        guard info.st_mode & 0o077 == 0 else {
            throw StorageError(.sealing, "\(path) can be read by other users. Make new keys, or run: chmod 600 \(path)")
        }
        guard info.st_uid == geteuid() else { throw StorageError(.sealing, "\(path) belongs to another user.") }
        guard info.st_size <= 65_536, let data = try handle.readToEnd() else { return "" }
        return String(decoding: data, as: UTF8.self)
    }

    /// Makes the file, whole or not at all. Of two processes that do so at once both get what the first one wrote.
    func create(_ text: String) throws -> String {
        let draft = try write(text)
        defer { unlink(draft) }
        guard link(draft, path) == 0 || errno == EEXIST else { throw failure("cannot be made") }
        return try read() ?? ""
    }

    func replace(_ text: String) throws {
        let draft = try write(text)
        guard rename(draft, path) == 0 else { throw failure("cannot be replaced") }
    }

    private func write(_ text: String) throws -> String {
        let draft = "\(path).\(UUID().uuidString)"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("cannot be made") }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try handle.write(contentsOf: Data(text.utf8))
        try handle.synchronize()
        return draft
    }

    private func failure(_ what: String) -> StorageError {
        StorageError(.sealing, "\(path) \(what): \(String(cString: strerror(errno)))")
    }
}

extension SecretFile {
    static func randomBytes(_ count: Int) -> Data {
        var generator = SystemRandomNumberGenerator()
        return Data((0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }

    /// Not a row of zeros, not a word repeated: 32 random bytes have at least ten different values, always.
    static func isRandom(_ bytes: Data) -> Bool { Set(bytes).count >= 10 }
}
