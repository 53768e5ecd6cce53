import Engine

/// The files of a zip archive that somebody sent. It may be anything: names that lead elsewhere, links, sizes that are not
/// true, bytes that become a thousand times as many. What does not keep to the bounds is refused whole.
struct ZipReader {
    /// In bytes. What is packed tighter than `ratio` to one is no honest file.
    struct Bounds {
        var files: Int
        var fileBytes: Int
        var bytes: Int
        var ratio = 200
    }

    struct File: Equatable {
        var path: String
        var content: [UInt8]
    }

    /// Why it was not taken, for whoever sent it.
    struct Refusal: Error, Equatable { var message: String }

    private let bytes: [UInt8]
    private let bounds: Bounds

    static func read(_ bytes: [UInt8], within bounds: Bounds) throws(Refusal) -> [File] {
        try ZipReader(bytes: bytes, bounds: bounds).files()
    }

    private func files() throws(Refusal) -> [File] {
        let (count, start) = try contents()
        // Folders stand in it, too.
        guard count <= bounds.files * 4 else { throw tooMuch }
        var (place, total, files) = (start, 0, [File]())
        for _ in 0..<count {
            let entry = try Entry(self, at: place)
            place = entry.end
            guard !entry.isFolder else { continue }
            total += entry.size
            guard files.count < bounds.files, entry.size <= bounds.fileBytes, total <= bounds.bytes,
                entry.size <= max(entry.packed, 1) * bounds.ratio
            else { throw tooMuch }
            let path = try Self.checked(entry.path)
            guard !files.contains(where: { $0.path == path }) else {
                throw Refusal(message: "\(path) is in the archive twice.")
            }
            files.append(File(path: path, content: try content(of: entry)))
        }
        return files
    }

    private var tooMuch: Refusal {
        Refusal(
            message:
                "The archive holds too much: at most \(bounds.files) files, \(ByteCount.text(Int64(bounds.fileBytes))) each, "
                + "\(ByteCount.text(Int64(bounds.bytes))) together."
        )
    }

    /// How many entries it has, and where the first is listed.
    private func contents() throws(Refusal) -> (count: Int, start: Int) {
        let noArchive = Refusal(message: "This is no zip archive.")
        // At its end, before a comment of at most 65,535 bytes.
        var place = bytes.count - 22
        let first = max(0, place - 0xFFFF)
        while place >= first, number(at: place, 4) != 0x0605_4B50 { place -= 1 }
        guard place >= first, place >= 0, let count = number(at: place + 10, 2), let start = number(at: place + 16, 4)
        else {
            throw noArchive
        }
        guard number(at: place + 8, 2) == count, number(at: place + 4, 4) == 0, count < 0xFFFF, start < place else {
            throw count == 0 ? Refusal(message: "The archive is empty.") : noArchive
        }
        return (count, start)
    }

    private func content(of entry: Entry) throws(Refusal) -> [UInt8] {
        let broken = Refusal(message: "\(entry.path) cannot be unpacked.")
        // The names before the bytes may be of other lengths than in the list.
        guard number(at: entry.place, 4) == 0x0403_4B50, let name = number(at: entry.place + 26, 2),
            let extra = number(at: entry.place + 28, 2)
        else { throw broken }
        let start = entry.place + 30 + name + extra
        guard start + entry.packed <= bytes.count else { throw broken }
        let packed = bytes[start..<start + entry.packed]
        let content: [UInt8]
        switch entry.method {
        case 0: content = Array(packed)
        case 8:
            do { content = try Inflate.unpack(packed, upTo: entry.size) } catch { throw broken }
        default: throw Refusal(message: "\(entry.path) is packed in a way that is not known here.")
        }
        guard content.count == entry.size, ZipWriter.checksum(content) == UInt32(entry.checksum) else { throw broken }
        return content
    }

    /// Within the archive's own folder, whoever reads it.
    private static func checked(_ path: String) throws(Refusal) -> String {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let isFine =
            parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." } && !path.contains("\\")
            && !path.contains(":") && path.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        guard isFine else { throw Refusal(message: "A name in the archive leads out of it: \(path.prefix(100))") }
        return path
    }

    /// A little-endian number; nil beyond the end.
    private func number(at place: Int, _ count: Int) -> Int? {
        guard place >= 0, place + count <= bytes.count else { return nil }
        return bytes[place..<place + count].reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    /// A line of the list.
    private struct Entry {
        let path: String
        let isFolder: Bool
        let method: Int
        let checksum: Int
        let packed: Int
        let size: Int
        let place: Int
        /// Where the next line begins.
        let end: Int

        init(_ reader: ZipReader, at start: Int) throws(Refusal) {
            func field(_ offset: Int, _ count: Int) throws(Refusal) -> Int {
                guard let value = reader.number(at: start + offset, count) else {
                    throw Refusal(message: "The archive's list is cut short.")
                }
                return value
            }
            guard try field(0, 4) == 0x0201_4B50 else { throw Refusal(message: "The archive's list cannot be read.") }
            let (flags, name) = (try field(8, 2), try field(28, 2))
            (method, checksum) = (try field(10, 2), try field(16, 4))
            (packed, size, place) = (try field(20, 4), try field(24, 4), try field(42, 4))
            end = start + 46 + name + (try field(30, 2)) + (try field(32, 2))
            guard start + 46 + name <= reader.bytes.count,
                let path = String(validating: reader.bytes[start + 46..<start + 46 + name], as: UTF8.self)
            else { throw Refusal(message: "A name in the archive is not UTF-8.") }
            self.path = path
            isFolder = path.hasSuffix("/")
            guard flags & 1 == 0 else { throw Refusal(message: "\(path) is encrypted.") }
            // The kind of file, where a Unix wrote it: regular, or not said.
            let kind = try field(38, 4) >> 16 & 0o170000
            guard [0, 0o100000].contains(kind) || isFolder && kind == 0o040000 else {
                throw Refusal(message: "\(path) is a link or no file.")
            }
        }
    }
}
