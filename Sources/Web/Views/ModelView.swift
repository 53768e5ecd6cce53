import Engine
import Foundation

/// One model: how it is shown, how much it takes, what it costs.
struct ModelView: View {
    static let template = "model"

    let page: Frame
    let address: String
    let title: String
    let modelName: String
    let errors: ErrorSummary?
    let displayName: Field
    let contextWindow: Field
    let maximumTokens: Field
    let inputPrice: Field
    let outputPrice: Field
    let cachedPrice: Field
    /// Of a model that writes sound down.
    let minutePrice: Field?
    let currency: Select
    let supportsVision: Bool
    let isActive: Bool

    /// What was typed.
    struct Draft: Sendable {
        var displayName: String
        var contextWindow: String
        var maximumTokens: String
        var inputPrice: String
        var outputPrice: String
        var cachedPrice: String
        /// nil where a model has no such price.
        var minutePrice: String?
        var currency: String
        var supportsVision: Bool
        var isActive: Bool
    }

    init(page: Frame, id: UUID, name: String, draft: Draft, errors: FormErrors = FormErrors(), voice: Voice) {
        let words = voice.words
        self.page = page
        address = "/models/\(id.text)"
        title = draft.displayName.isEmpty ? name : draft.displayName
        modelName = name
        supportsVision = draft.supportsVision
        isActive = draft.isActive
        self.errors = errors.summary(ModelView.labels(words), voice: voice)
        func number(_ key: String, _ value: String, hint: String? = nil, mode: String) -> Field {
            let label = ModelView.labels(words)[key] ?? key
            return Field(key, label: label, value: value, hint: hint, error: errors[key], inputMode: mode)
        }
        displayName = Field(
            "display_name",
            label: words["models.displayName"],
            value: draft.displayName,
            error: errors["display_name"],
            maximumLength: 100
        )
        contextWindow = number("context_window", draft.contextWindow, hint: words["models.tokens"], mode: "numeric")
        maximumTokens = number("max_tokens", draft.maximumTokens, hint: words["models.tokens"], mode: "numeric")
        inputPrice = number("input_price", draft.inputPrice, mode: "decimal")
        outputPrice = number("output_price", draft.outputPrice, mode: "decimal")
        cachedPrice = number("cached_price", draft.cachedPrice, mode: "decimal")
        minutePrice = draft.minutePrice.map { number("minute_price", $0, mode: "decimal") }
        currency = Select(
            "currency",
            label: words["models.currency"],
            options: ModelPrice.currencies(with: draft.currency).map {
                Option(value: $0, label: $0, isChosen: $0 == draft.currency)
            },
            error: errors["currency"]
        )
    }

    private static func labels(_ words: Words) -> [String: String] {
        [
            "display_name": words["models.displayName"], "context_window": words["models.contextWindow"],
            "max_tokens": words["models.maximumTokens"], "input_price": words["models.priceIn"],
            "output_price": words["models.priceOut"], "cached_price": words["models.priceCached"],
            "minute_price": words["models.priceMinute"],
            "currency": words["models.currency"],
        ]
    }
}
