import Engine
import Foundation

/// The keys that somebody's agents may use, and the form for another. No value is ever among them.
struct ToolSecretsView: Sendable {
    let rows: [Row]
    let hasRows: Bool
    let errors: ErrorSummary?
    let name: Field
    let value: Field
    let hosts: Field
    let mayShare: Bool
    let isShared: Bool

    struct Row: Sendable {
        let id: String
        let name: String
        let hosts: String
        let isShared: Bool
        let mayDelete: Bool
        let time: TimeText
    }

    /// What was typed, but for the value.
    struct Draft: Sendable {
        var name = ""
        var hosts = ""
        var isShared = false
        var errors = FormErrors()
    }

    init(_ secrets: [ToolSecret], draft: Draft, mayShare: Bool, voice: Voice) {
        let words = voice.words
        rows = secrets.map {
            Row(
                id: $0.id.text,
                name: $0.name,
                hosts: $0.places.map(\.text).joined(separator: ", "),
                isShared: $0.isShared,
                mayDelete: !$0.isShared || mayShare,
                time: voice.time($0.createdAt)
            )
        }
        hasRows = !secrets.isEmpty
        self.mayShare = mayShare
        isShared = draft.isShared
        let labels = [
            "secret_name": words["secrets.name"], "secret_value": words["secrets.value"],
            "secret_hosts": words["secrets.hosts"],
        ]
        errors = draft.errors.summary(labels, voice: voice)
        name = Field(
            "secret_name",
            label: words["secrets.name"],
            value: draft.name,
            hint: words["secrets.nameHint"],
            error: draft.errors["secret_name"],
            autocomplete: "off",
            maximumLength: 64,
            isRequired: true
        )
        value = Field(
            "secret_value",
            label: words["secrets.value"],
            type: "password",
            error: draft.errors["secret_value"],
            autocomplete: "new-password",
            maximumLength: 4000,
            isRequired: true
        )
        hosts = Field(
            "secret_hosts",
            label: words["secrets.hosts"],
            value: draft.hosts,
            hint: words["secrets.hostsHint"],
            error: draft.errors["secret_hosts"],
            autocomplete: "off",
            placeholder: "api.example.org",
            maximumLength: 2000,
            isRequired: true
        )
    }
}
