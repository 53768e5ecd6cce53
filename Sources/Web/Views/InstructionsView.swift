import Engine
import Storage

/// What all agents are told by the instance and by the organisation, and in which order.
struct InstructionsView: View {
    static let template = "instructions"

    let page: Frame
    let errors: ErrorSummary?
    /// nil where it is not the reader's to say; then it is shown as it is.
    let instance: TextArea?
    let fixedInstance: String?
    let organisation: TextArea?
    let fixedOrganisation: String?
    let mayWrite: Bool
    let layers: [String]

    /// Which of the two the reader may write.
    struct Rights: Sendable {
        var instance: Bool
        var organisation: Bool
    }

    init(page: Frame, texts: Instructions, rights: Rights, errors: FormErrors = FormErrors(), voice: Voice) {
        let words = voice.words
        self.page = page
        func area(_ field: String, _ key: String, _ value: String) -> TextArea {
            TextArea(
                field,
                label: words["instructions.\(key)"],
                value: value,
                rows: 10,
                hint: words("instructions.\(key)Hint", ["n": Instructions.limit.grouped]),
                error: errors[field]
            )
        }
        instance = rights.instance ? area("instance", "instance", texts.instance) : nil
        fixedInstance = rights.instance || texts.instance.isEmpty ? nil : texts.instance
        organisation = rights.organisation ? area("organization", "organisation", texts.organisation) : nil
        fixedOrganisation = rights.organisation || texts.organisation.isEmpty ? nil : texts.organisation
        mayWrite = rights.instance || rights.organisation
        let labels = [
            "instance": words["instructions.instance"], "organization": words["instructions.organisation"],
        ]
        self.errors = errors.summary(labels, voice: voice)
        layers = ["instance", "organisation", "person", "agent", "conversation"].map {
            words["instructions.layer.\($0)"]
        }
    }
}
