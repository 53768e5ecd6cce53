import Engine
import Foundation

/// A model in its provider's table.
struct ModelRow: Sendable {
    let address: String
    let displayName: String
    /// Only where it differs from the display name.
    let technicalName: String?
    let context: String
    let input: String
    let output: String
    let use: String

    struct Facts: Sendable {
        var id: UUID
        var name: String
        var displayName: String
        var contextWindow: Int?
        var price: ModelPrice?
        var isActive: Bool
        var isDefault: Bool
        /// From 1.
        var fallbackRank: Int?
    }

    init(_ facts: Facts, voice: Voice) {
        address = "/models/\(facts.id.text)"
        displayName = facts.displayName
        technicalName = facts.name == facts.displayName ? nil : facts.name
        context = facts.contextWindow.map(voice.tokens) ?? ""
        input = facts.price.map { voice.price($0.input, currency: $0.currency) } ?? ""
        output = facts.price.map { voice.price($0.output, currency: $0.currency) } ?? ""
        use =
            if !facts.isActive {
                voice.words["models.off"]
            } else if facts.isDefault {
                voice.words["models.default"]
            } else {
                facts.fallbackRank.map { voice.words("models.fallback", ["n": String($0)]) } ?? ""
            }
    }
}
