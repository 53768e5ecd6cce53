import Crypto
import Engine
import Foundation

/// A token that opens something; only its hash is kept.
enum RandomToken {
    /// 256 random bits as base64url, 43 characters.
    static func make() -> Secret {
        let text = SecretFile.randomBytes(32).base64EncodedString()
        return Secret(
            text.replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
                .replacingOccurrences(of: "=", with: "")
        )
    }

    /// Plain SHA-256 is enough: nobody guesses 256 bits.
    static func hash(_ token: Secret) -> [UInt8] { Array(SHA256.hash(data: Data(token.reveal().utf8))) }
}
