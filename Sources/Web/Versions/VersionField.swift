import Engine
import Foundation
import Hummingbird

/// A field of something that has versions, as lines of text for people.
struct VersionField: Sendable, Equatable {
    /// As programs know it: `instruction`.
    let name: String
    let title: String
    let text: String

    init(_ name: String, _ title: String, _ text: String) {
        (self.name, self.title, self.text) = (name, title, text)
    }
}

extension VersionView.Part {
    /// The fields in which a version differs from what holds now. Both have the same fields, in the same order.
    static func all(_ then: [VersionField], _ now: [VersionField]) -> [Self] {
        zip(then, now).compactMap { Self($0.title, $0.text, $1.text) }
    }
}

extension JSONValue {
    /// An object's members, one a line: `name: value`.
    var memberLines: String {
        (object ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.string ?? $0.value.text)" }
            .joined(separator: "\n")
    }
}

extension WebContext {
    /// The version in the path; what cannot be one names nothing, so it is not found.
    func version() throws(WebError) -> Int {
        guard let number = Int(parameters.get("version") ?? ""), (1...1_000_000).contains(number) else {
            throw WebError.notFound
        }
        return number
    }
}

extension Request {
    /// The version that the page of a form has shown as the one that holds; nil where the form does not say.
    func seenVersion() async throws -> Int? { Int(try await decodeForm()["version"]) }
}
