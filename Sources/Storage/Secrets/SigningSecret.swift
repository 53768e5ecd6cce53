package import Engine
import Foundation

/// The secret that access tokens are signed with.
package enum SigningSecret {
    private static let fileName = "signing.secret"

    /// Reads `signing.secret` in the folder; makes it when there is none. Throws when others could have read it, or
    /// when it is too short or too plain to be one. The value is 43 or more characters of base64.
    package static func load(directory: String) throws -> Secret {
        let file = SecretFile(path: "\(directory)/\(fileName)")
        let fresh = SecretFile.randomBytes(48).base64EncodedString() + "\n"
        let text = try file.read() ?? file.create(fresh)
        let secret = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard let bytes = Data(base64Encoded: secret), bytes.count >= 32, SecretFile.isRandom(bytes) else {
            throw StorageError(
                .sealing,
                "\(fileName) does not hold 32 random bytes in base64. Remove it to make a new one."
            )
        }
        return Secret(secret)
    }
}
