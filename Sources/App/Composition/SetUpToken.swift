import Engine
import Foundation

/// What the set-up page asks for while there is nobody: whoever can read the terminal may make the administrator.
enum SetUpToken {
    /// 256 random bits as base64url.
    static func make() -> Secret {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        let text = Data(bytes).base64EncodedString()
        return Secret(text.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: ""))
    }
}
