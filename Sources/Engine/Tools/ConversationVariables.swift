package import Foundation

/// What agents and programs keep with a conversation, by name: `Storage`'s. Of somebody else's conversation there is
/// nothing, and nothing can be kept in it.
package protocol ConversationVariables: Sendable {
    /// By name; nil when there is no such conversation.
    func variables(in conversation: UUID, by principal: Principal) async throws -> [RunContext.Variable]?

    /// `value` is JSON. False when there is no such conversation. Throws `VariableLimit`.
    func setVariable(
        _ name: String,
        to value: JSONValue,
        in conversation: UUID,
        by principal: Principal
    ) async throws -> Bool

    /// False when it was not there.
    func removeVariable(_ name: String, in conversation: UUID, by principal: Principal) async throws -> Bool
}

/// Why a variable cannot be kept, in words.
package struct VariableLimit: Error, Sendable, Equatable {
    package static let count = 50
    package static let bytes = 16 * 1024
    /// Of arrays and objects within each other.
    package static let depth = 64

    package var message: String

    package init(_ message: String) { self.message = message }

    /// Of names and values alone.
    package static func check(_ name: String, _ value: JSONValue) throws(VariableLimit) {
        let isName =
            !name.isEmpty && name.utf8.count <= 100
            && name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || [0x5F, 0x2E, 0x2D].contains(byte)
            }
        guard isName else {
            throw VariableLimit("A name has 1 to 100 letters of a to z, figures, dots, dashes and underscores.")
        }
        guard value.text.utf8.count <= bytes else {
            throw VariableLimit("A value may have at most \(bytes / 1024) KB as JSON.")
        }
        guard value.depth <= depth else {
            throw VariableLimit("A value may have at most \(depth) arrays and objects within each other.")
        }
    }
}
