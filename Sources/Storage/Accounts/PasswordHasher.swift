import CCrypt
import Crypto
import Engine
import Foundation

/// bcrypt by libcrypt, away from the threads that serve requests: a hash takes a quarter of a second of one core.
struct PasswordHasher: Sendable {
    /// In place of a hash: no password fits.
    static let none = "!"

    let cost: Int
    /// How many hashes this process has computed: it is the same work for those who have an account and for those who have none.
    var count: Int { desk.count }
    private let desk = PasswordDesk()

    init(cost: Int) { self.cost = min(max(cost, 4), 16) }

    func hash(_ password: Secret) async throws -> String {
        let cost = self.cost
        let hash = try await desk.run { Self.newSetting(cost: cost).flatMap { Self.crypt(password, setting: $0) } }
        guard let hash else { throw StorageError(.failed, "The password could not be hashed.") }
        return hash
    }

    /// Takes the same time when there is no hash, as for an account that does not exist.
    func matches(_ password: Secret, _ hash: String?) async throws -> Bool {
        let decoy = "$2b$\(cost < 10 ? "0" : "")\(cost)$abcdefghijklmnopqrstuu"
        let known = hash == Self.none ? nil : hash
        let computed = try await desk.run { Self.crypt(password, setting: known ?? decoy) }
        guard let hash = known, let computed else { return false }
        return Self.areEqual(computed, hash)
    }

    private static func newSetting(cost: Int) -> String? {
        let random = SecretFile.randomBytes(16).map { CChar(bitPattern: $0) }
        var setting = [CChar](repeating: 0, count: Int(CRYPT_GENSALT_OUTPUT_SIZE))
        guard crypt_gensalt_rn("$2b$", UInt(cost), random, 16, &setting, Int32(setting.count)) != nil else {
            return nil
        }
        return setting.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } }
    }

    private static func crypt(_ password: Secret, setting: String) -> String? {
        var memory: UnsafeMutableRawPointer?
        var size: Int32 = 0
        defer {
            // It held the password.
            if let memory { memset(memory, 0, Int(size)) }
            free(memory)
        }
        guard let text = crypt_ra(phrase(password), setting, &memory, &size) else { return nil }
        let hash = String(cString: text)
        return hash.hasPrefix("$2b$") ? hash : nil
    }

    /// bcrypt cuts at 72 bytes and at a zero byte: it is given 64 characters that depend on all of the password. The
    /// first words keep them apart from other systems' hashes. Composed, so that keyboards agree on what an é is.
    private static func phrase(_ password: Secret) -> String {
        let text = "alma.password.v1:" + password.reveal().precomposedStringWithCanonicalMapping
        return Data(SHA384.hash(data: Data(text.utf8))).base64EncodedString()
    }

    /// In a time that does not tell where they differ.
    private static func areEqual(_ left: String, _ right: String) -> Bool {
        guard left.utf8.count == right.utf8.count else { return false }
        return zip(left.utf8, right.utf8).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
