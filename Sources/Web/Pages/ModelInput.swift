import Foundation
import Storage

/// A model's form as it was sent, checked.
struct ModelInput: Sendable {
    let draft: ModelView.Draft
    private(set) var errors = FormErrors()
    private(set) var contextWindow: Int?
    private(set) var maximumTokens: Int?
    private(set) var price: ModelPrice?

    /// `currency`: the one that the model's price is in, which stays where the form names none.
    init(_ form: Form, currency: String, voice: Voice) {
        let chosen = form.has("currency") ? form.trimmed("currency") : currency
        draft = ModelView.Draft(
            displayName: form.trimmed("display_name"),
            contextWindow: form.trimmed("context_window"),
            maximumTokens: form.trimmed("max_tokens"),
            inputPrice: form.trimmed("input_price"),
            outputPrice: form.trimmed("output_price"),
            cachedPrice: form.trimmed("cached_price"),
            minutePrice: form.has("minute_price") ? form.trimmed("minute_price") : nil,
            currency: ModelPrice.isCurrency(chosen) ? chosen : currency,
            supportsVision: form.has("vision"),
            isActive: form.has("active")
        )
        if draft.displayName.count > 100 { errors.add("display_name", voice.words["models.nameLong"]) }
        contextWindow = errors.wholeNumber(draft.contextWindow, "context_window", voice.words)
        maximumTokens = errors.wholeNumber(draft.maximumTokens, "max_tokens", voice.words)
        if !ModelPrice.isCurrency(chosen) { errors.add("currency", voice.words["models.currencyWrong"]) }
        readPrice(voice)
    }

    private mutating func readPrice(_ voice: Voice) {
        let perMinute = draft.minutePrice.flatMap {
            $0.isEmpty ? nil : amount($0, field: "minute_price", voice: voice)
        }
        guard !draft.inputPrice.isEmpty || !draft.outputPrice.isEmpty || !draft.cachedPrice.isEmpty else {
            price = perMinute.map { ModelPrice(input: 0, output: 0, perMinute: $0, currency: draft.currency) }
            return
        }
        guard !draft.inputPrice.isEmpty, !draft.outputPrice.isEmpty else {
            errors.add(draft.inputPrice.isEmpty ? "input_price" : "output_price", voice.words["models.priceHalf"])
            return
        }
        let input = amount(draft.inputPrice, field: "input_price", voice: voice)
        let output = amount(draft.outputPrice, field: "output_price", voice: voice)
        let cached = draft.cachedPrice.isEmpty ? nil : amount(draft.cachedPrice, field: "cached_price", voice: voice)
        if let input, let output {
            price = ModelPrice(
                input: input,
                output: output,
                cached: cached,
                perMinute: perMinute,
                currency: draft.currency
            )
        }
    }

    private mutating func amount(_ text: String, field: String, voice: Voice) -> Decimal? {
        let isPlain = text.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
        guard isPlain, text.filter({ $0 == "." }).count <= 1, text != ".", text.utf8.count <= 12,
            let amount = Decimal(string: text)
        else {
            errors.add(field, voice.words["models.priceWrong"])
            return nil
        }
        return amount
    }
}

extension ModelView.Draft {
    init(_ model: ModelRecord) {
        let price = ModelPrice(json: model.pricing)
        self.init(
            displayName: model.displayName,
            contextWindow: model.contextWindow.map(String.init) ?? "",
            maximumTokens: model.maxTokens.map(String.init) ?? "",
            inputPrice: price.map { "\($0.input)" } ?? "",
            outputPrice: price.map { "\($0.output)" } ?? "",
            cachedPrice: price?.cached.map { "\($0)" } ?? "",
            minutePrice: model.modelType == "transcription" ? price?.perMinute.map { "\($0)" } ?? "" : nil,
            currency: price?.currency ?? "USD",
            supportsVision: model.supportsVision,
            isActive: model.isActive
        )
    }
}
