import Crypto
import Foundation

/// What `Public` holds, read once: each file is served under a name with the hash of its content, so that a browser
/// may keep it for ever. The style sheets become one.
struct Assets: Sendable {
    struct Asset: Sendable {
        let address: String
        let contentType: String
        let bytes: [UInt8]
    }

    /// By plain name: `alma.css`, `stream.js`.
    private let byName: [String: Asset]
    private let byAddress: [String: Asset]

    init(folder: String) throws {
        let root = URL(fileURLWithPath: folder)
        var files: [String: Data] = ["alma.css": try Self.styleSheet(root.appending(path: "css"))]
        files["noscript.css"] = try Data(contentsOf: root.appending(path: "css/noscript.css"))
        for file in try Self.files(in: root.appending(path: "js")) + Self.files(in: root) {
            files[file.lastPathComponent] = try Data(contentsOf: file)
        }
        byName = files.reduce(into: [:]) { $0[$1.key] = Self.asset(named: $1.key, data: $1.value) }
        byAddress = Dictionary(byName.values.map { ($0.address, $0) }) { first, _ in first }
    }

    func address(of name: String) -> String? { byName[name]?.address }

    func asset(at address: String) -> Asset? { byAddress[address] }

    /// `layers.css` decides who wins, so the order of the others does not matter.
    private static func styleSheet(_ folder: URL) throws -> Data {
        let parts = try files(in: folder).filter { !["layers.css", "noscript.css"].contains($0.lastPathComponent) }
        return try ([folder.appending(path: "layers.css")] + parts).reduce(into: Data()) {
            $0.append(try Data(contentsOf: $1))
        }
    }

    private static func files(in folder: URL) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { contentTypes[$0.pathExtension] != nil }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
    }

    private static func asset(named name: String, data: Data) -> Asset {
        let hash = SHA256.hash(data: data).prefix(8).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
        let parts = name.split(separator: ".")
        let ending = String(parts.last ?? "")
        return Asset(
            address: "/assets/\(parts.dropLast().joined(separator: ".")).\(hash.joined()).\(ending)",
            contentType: contentTypes[ending] ?? "application/octet-stream",
            bytes: Array(data)
        )
    }

    private static let contentTypes = [
        "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml",
        "png": "image/png", "ico": "image/x-icon",
    ]
}
