package import Foundation

/// A model that may answer, with what is needed to reach it and to count its cost.
package struct ModelCandidate: Sendable {
    package var modelID: UUID
    package var name: String
    package var endpoint: ProviderEndpoint
    package var price: Price?
    /// What it reads and writes at once, in tokens; nil when nobody has said so.
    package var contextWindow: Int?
    /// The longest answer, in tokens.
    package var maximumTokens: Int?
    /// It takes pictures.
    package var supportsVision: Bool
    package var providerID: UUID
    /// What the provider allows all runs together; nil when nothing limits it.
    package var limit: ProviderLimit?

    /// `providerID`: nil for a model that is a provider of its own.
    package init(
        modelID: UUID,
        name: String,
        endpoint: ProviderEndpoint,
        price: Price? = nil,
        providerID: UUID? = nil,
        limit: ProviderLimit? = nil,
        contextWindow: Int? = nil,
        maximumTokens: Int? = nil,
        supportsVision: Bool = false
    ) {
        self.modelID = modelID
        self.name = name
        self.endpoint = endpoint
        self.price = price
        self.providerID = providerID ?? modelID
        self.limit = limit
        self.contextWindow = contextWindow
        self.maximumTokens = maximumTokens
        self.supportsVision = supportsVision
    }

    /// Money per million tokens, in `currency`.
    package struct Price: Sendable, Equatable {
        package var input: Decimal
        package var output: Decimal
        package var cached: Decimal?
        /// Of sound, for a model that writes it down and counts by its length.
        package var perMinute: Decimal?
        package var currency: String

        package init(
            input: Decimal,
            output: Decimal,
            cached: Decimal? = nil,
            perMinute: Decimal? = nil,
            currency: String
        ) {
            self.input = input
            self.output = output
            self.cached = cached
            self.perMinute = perMinute
            self.currency = currency
        }
    }
}
