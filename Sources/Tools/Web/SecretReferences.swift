import Engine
import Fetch
import Foundation

/// Puts the values of secrets where `{{secret:NAME}}` stands, and takes them out of what comes back.
struct SecretReferences: Sendable {
    /// By name, those that were put in.
    private(set) var used: [String: Secret] = [:]

    let address: WebAddress
    private let known: [ToolSecret]

    /// For a request to one address: other secrets are not put into it.
    init(known: [ToolSecret], address: WebAddress) {
        self.known = known
        self.address = address
    }

    /// Whether there is a reference in a text.
    static func isIn(_ text: String) -> Bool { text.contains("{{secret:") }

    /// The names of secrets that may be sent to this address.
    var fitting: [String] {
        known.filter { secret in fits(secret) && known.first { $0.name == secret.name } == secret }.map(\.name)
    }

    /// Finds the values of all secrets that these texts refer to. Throws `ToolFailure` for one that is not there, or may not
    /// be sent to this address.
    mutating func open(
        for texts: [String],
        value: (ToolSecret) async throws -> Secret?
    ) async throws {
        for text in texts where Self.isIn(text) {
            for match in text.matches(of: Self.reference) {
                let name = String(match.1)
                guard used[name] == nil else { continue }
                guard let secret = known.first(where: { $0.name == name }) else {
                    throw ToolFailure("There is no secret called \(name). \(choice)")
                }
                guard fits(secret) else {
                    let places = secret.places.map(\.text).joined(separator: ", ")
                    throw ToolFailure(
                        "The secret \(name) may not be sent to \(address.origin), only to \(places). \(choice)"
                    )
                }
                guard let value = try await value(secret) else {
                    throw ToolFailure("There is no secret called \(name).")
                }
                used[name] = value
            }
        }
    }

    /// The text with the values in it.
    func filled(_ text: String) -> String {
        guard Self.isIn(text) else { return text }
        return text.replacing(Self.reference) { match in
            used[String(match.1)]?.reveal() ?? String(match.0)
        }
    }

    /// The same, in each string of a JSON value.
    func filled(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): .string(filled(text))
        case .array(let items): .array(items.map(filled))
        case .object(let members): .object(members.mapValues(filled))
        default: value
        }
    }

    /// The text with what was put in taken out again, however a server writes it back.
    func redacted(_ text: String) -> String {
        used.reduce(text) { text, secret in
            Self.forms(of: secret.value.reveal()).reduce(text) { $0.replacing($1, with: "[secret \(secret.key)]") }
        }
    }

    private static func forms(of value: String) -> [String] {
        let quoted = String(JSONValue.string(value).text.dropFirst().dropLast())
        let percent = value.addingPercentEncoding(
            withAllowedCharacters: .alphanumerics.union(.init(charactersIn: "-._~"))
        )
        let slashes = quoted.replacing("/", with: "\\/")
        let forms = [value, quoted, slashes, percent ?? value, Data(value.utf8).base64EncodedString()]
        return Array(Set(forms)).sorted { $0.count > $1.count }
    }

    private func fits(_ secret: ToolSecret) -> Bool {
        secret.places.contains { $0.contains(scheme: address.scheme, host: address.host, port: address.port) }
    }

    private var choice: String {
        fitting.isEmpty
            ? "The person has no secret for this address; they can add one in the settings."
            : "For this address there are: \(fitting.joined(separator: ", "))."
    }

    private static var reference: Regex<(Substring, Substring)> { /\{\{secret:\s*([A-Za-z][A-Za-z0-9_-]*)\s*\}\}/ }
}
