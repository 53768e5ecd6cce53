import Engine
import Foundation

/// Choosing models of a provider: from what it offers, or by name.
struct ProviderModelsView: View {
    static let template = "provider-models"

    let page: Frame
    let address: String
    let provider: String
    let lead: String
    let failure: NoticeView?
    let offered: [Offered]
    let hasOffered: Bool
    let errors: ErrorSummary?
    let name: Field
    let displayName: Field

    struct Offered: Sendable {
        let name: String
        let isChosen: Bool
        /// Already a model here.
        let isKept: Bool
    }

    /// What was typed to add one by name, and what was ticked.
    struct Draft: Sendable {
        var name = ""
        var displayName = ""
        var chosen: Set<String> = []
    }

    init(
        page: Frame,
        id: UUID,
        provider: String,
        probe: ProbeResult,
        kept: Set<String>,
        draft: Draft = Draft(),
        errors: FormErrors = FormErrors(),
        voice: Voice
    ) {
        let words = voice.words
        self.page = page
        self.provider = provider
        address = "/providers/\(id.text)"
        failure = probe.failure.flatMap { ProviderTest.failed(code: $0.code, message: $0.message).notice(voice: voice) }
        offered = probe.models.map {
            Offered(name: $0, isChosen: kept.contains($0) || draft.chosen.contains($0), isKept: kept.contains($0))
        }
        hasOffered = !offered.isEmpty
        lead =
            if probe.failure != nil {
                ""
            } else if probe.models.isEmpty {
                words("models.leadNone", ["provider": provider])
            } else {
                words.count("models.lead", probe.models.count, ["provider": provider])
            }
        self.errors = errors.summary(["name": words["models.name"], "model": words["models.offered"]], voice: voice)
        name = Field(
            "name",
            label: words["models.name"],
            value: draft.name,
            hint: words["models.nameHint"],
            error: errors["name"],
            autocomplete: "off",
            maximumLength: 100,
            isRequired: true
        )
        displayName = Field(
            "display_name",
            label: words["models.displayName"],
            value: draft.displayName,
            hint: words["models.displayNameHint"],
            autocomplete: "off",
            maximumLength: 100
        )
    }
}
