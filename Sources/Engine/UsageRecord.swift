package import Foundation

/// One model call, as it is paid.
package struct UsageRecord: Sendable, Equatable {
    package var id: UUID
    package var modelID: UUID
    package var modelName: String
    package var tokens: TokenUsage
    /// In `currency`, to six decimals; nil when the model has no price.
    package var cost: Decimal?
    package var currency: String?
    /// Seconds of the whole call.
    package var responseTime: Double
    /// Seconds to the first piece.
    package var firstTokenTime: Double?
    package var succeeded: Bool
    /// What was sent; nil when it is not to be kept.
    package var request: SentRequest?

    package init(
        id: UUID = .v7(),
        modelID: UUID,
        modelName: String,
        tokens: TokenUsage,
        cost: Decimal? = nil,
        currency: String? = nil,
        responseTime: Double,
        firstTokenTime: Double? = nil,
        succeeded: Bool,
        request: SentRequest? = nil
    ) {
        self.id = id
        self.modelID = modelID
        self.modelName = modelName
        self.tokens = tokens
        self.cost = cost
        self.currency = currency
        self.responseTime = responseTime
        self.firstTokenTime = firstTokenTime
        self.succeeded = succeeded
        self.request = request
    }
}
