import Crypto
package import Engine
import Foundation

/// The keys that secrets in the database are sealed with (AES-256-GCM). The first seals; all of them open.
package struct SealingKeys: Sendable {
    private static let fileName = "sealing.keys"

    /// The key that seals.
    package let currentKeyID: String
    private let keys: [String: SymmetricKey]

    /// Fresh keys that live as long as the process, for tests.
    package static func ephemeral() -> SealingKeys {
        let id = newID()
        return SealingKeys(currentKeyID: id, keys: [id: SymmetricKey(size: .bits256)])
    }

    /// Reads `sealing.keys` in the folder; makes it when there is none. Throws when the file is open to others or
    /// does not hold good keys: a guessable key is worse than no start.
    package static func load(directory: String) throws -> SealingKeys {
        let file = SecretFile(path: "\(directory)/\(fileName)")
        return try SealingKeys(text: try file.read() ?? file.create(newLine()))
    }

    /// Puts a new key before the others. Values sealed with the older ones open as before, until they are sealed again.
    package static func rotate(directory: String) throws -> SealingKeys {
        let file = SecretFile(path: "\(directory)/\(fileName)")
        let older = try load(directory: directory)
        let text = newLine() + (try file.read() ?? "")
        try file.replace(text)
        let rotated = try SealingKeys(text: text)
        guard rotated.keys.count == older.keys.count + 1 else { throw Self.bad("A key got lost.") }
        return rotated
    }

    /// `v1.<key id>.<base64 of nonce, ciphertext and tag>`
    package func seal(_ secret: Secret, in place: SealedPlace) throws -> String {
        guard let key = keys[currentKeyID] else { throw Self.bad("The current key is missing.") }
        let box = try AES.GCM.seal(
            Data(secret.reveal().utf8),
            using: key,
            authenticating: Self.context(place, keyID: currentKeyID)
        )
        guard let combined = box.combined else { throw Self.bad("Sealing failed.") }
        return "v1.\(currentKeyID).\(combined.base64EncodedString())"
    }

    package func open(_ sealed: String, in place: SealedPlace) throws -> Secret {
        let parts = sealed.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "v1", let combined = Data(base64Encoded: String(parts[2])) else {
            throw Self.bad("A sealed value is not in a known form.")
        }
        let keyID = String(parts[1])
        guard let key = keys[keyID] else { throw Self.bad("The key \(keyID) that sealed a value is missing.") }
        do {
            let box = try AES.GCM.SealedBox(combined: combined)
            let plain = try AES.GCM.open(box, using: key, authenticating: Self.context(place, keyID: keyID))
            return Secret(String(decoding: plain, as: UTF8.self))
        } catch {
            throw StorageError(.sealing, "A sealed value does not belong where it was found.", underlying: error)
        }
    }

    /// What stands for `bytes` where they are looked for again and must not be kept: without the keys it cannot be told of
    /// any guess whether it is right. Each key makes another one; what was kept before a rotation has one of the older.
    func marks(of bytes: [UInt8]) throws -> (current: String, older: [String]) {
        guard let current = keys[currentKeyID] else { throw Self.bad("The current key is missing.") }
        let older = keys.filter { $0.key != currentKeyID }.values
        return (Self.mark(of: bytes, by: current), older.map { Self.mark(of: bytes, by: $0) })
    }

    private static func mark(of bytes: [UInt8], by key: SymmetricKey) -> String {
        // A key of its own: one that seals does nothing else.
        let own = HKDF<SHA256>.deriveKey(inputKeyMaterial: key, info: Data("alma.mark".utf8), outputByteCount: 32)
        return Data(HMAC<SHA256>.authenticationCode(for: Data(bytes), using: own)).base64EncodedString()
    }

    /// Whether the value was sealed with the key that seals now.
    package func isCurrent(_ sealed: String) -> Bool { sealed.hasPrefix("v1.\(currentKeyID).") }
}

extension SealingKeys {
    /// Lines of `<id> <base64 of 32 bytes>`, the newest first.
    private init(text: String) throws {
        var keys: [String: SymmetricKey] = [:]
        var order: [String] = []
        for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            let parts = line.split(separator: " ")
            guard parts.count == 2, let bytes = Data(base64Encoded: String(parts[1])), bytes.count == 32 else {
                throw Self.bad("\(Self.fileName) has a line that is no key of 32 bytes.")
            }
            guard SecretFile.isRandom(bytes) else {
                throw Self.bad("\(Self.fileName) has a key that anyone could guess.")
            }
            let id = String(parts[0])
            let isSane = !id.isEmpty && id.utf8.allSatisfy { $0 != UInt8(ascii: ".") && $0 > 0x20 && $0 < 0x7F }
            guard isSane, keys.updateValue(SymmetricKey(data: bytes), forKey: id) == nil else {
                throw Self.bad("\(Self.fileName) names a key badly or twice.")
            }
            order.append(id)
        }
        guard let first = order.first else { throw Self.bad("\(Self.fileName) holds no key.") }
        self.init(currentKeyID: first, keys: keys)
    }

    private static func newLine() -> String { "\(newID()) \(SecretFile.randomBytes(32).base64EncodedString())\n" }

    private static func newID() -> String {
        SecretFile.randomBytes(4).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func context(_ place: SealedPlace, keyID: String) -> Data {
        Data("\(place.table)|\(place.row.text)|\(place.column)|\(keyID)".utf8)
    }

    private static func bad(_ message: String) -> StorageError { StorageError(.sealing, message) }
}
