import Engine
import Foundation

extension JSONValue {
    /// nil when the bytes are not JSON.
    init?(_ bytes: [UInt8]) {
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)) else { return nil }
        self = value
    }

    /// Arguments of a tool call: a string as what it says, anything else as JSON.
    var arguments: String { string ?? text }
}
