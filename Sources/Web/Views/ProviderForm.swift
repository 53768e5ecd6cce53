import Engine

/// The fields of a provider, to add one or to change it.
struct ProviderForm: Sendable {
    let kind: String
    let errors: ErrorSummary?
    let name: Field
    /// The built-in provider has neither address nor key.
    let baseURL: Field?
    let apiKey: Field?
    let organisation: Field?
    /// How much of it all runs together may have; asked for once it is there.
    let limits: Limits?
    let isActive: Bool

    /// What was typed, but for the key.
    struct Draft: Sendable {
        var kind: ProviderKind
        var name: String
        var baseURL: String
        var organisation = ""
        var isActive = true
        var concurrent = ""
        var perMinute = ""
        /// The end of the stored key; nil when none is stored.
        var keyHint: String?
        var isNew: Bool
    }

    struct Limits: Sendable {
        let concurrent: Field
        let perMinute: Field
    }

    init(_ draft: Draft, errors: FormErrors = FormErrors(), voice: Voice) {
        let words = voice.words
        kind = draft.kind.rawValue
        isActive = draft.isActive
        self.errors = errors.summary(
            [
                "name": words["provider.name"], "base_url": words["provider.baseURL"],
                "api_key": words["provider.key"], "organisation": words["provider.organisation"],
                "concurrent": words["provider.concurrent"], "per_minute": words["provider.perMinute"],
            ],
            voice: voice
        )
        name = Field(
            "name",
            label: words["provider.name"],
            value: draft.name,
            error: errors["name"],
            maximumLength: 100,
            isRequired: true
        )
        let isRemote = draft.kind != .builtin
        baseURL = isRemote ? .baseURL(draft, errors: errors, voice: voice) : nil
        apiKey = isRemote ? .apiKey(draft, errors: errors, voice: voice) : nil
        organisation = draft.kind == .openai && draft.isNew ? .organisation(draft, errors: errors, voice: voice) : nil
        limits = draft.isNew ? nil : Limits(draft, errors: errors, voice: voice)
    }
}

extension ProviderForm.Limits {
    init(_ draft: ProviderForm.Draft, errors: FormErrors, voice: Voice) {
        func number(_ name: String, _ label: String, _ value: String) -> Field {
            Field(
                name,
                label: voice.words[label],
                value: value,
                error: errors[name],
                autocomplete: "off",
                inputMode: "numeric",
                maximumLength: 6
            )
        }
        concurrent = number("concurrent", "provider.concurrent", draft.concurrent)
        perMinute = number("per_minute", "provider.perMinute", draft.perMinute)
    }
}

extension Field {
    fileprivate static func baseURL(_ draft: ProviderForm.Draft, errors: FormErrors, voice: Voice) -> Field {
        Field(
            "base_url",
            label: voice.words["provider.baseURL"],
            type: "url",
            value: draft.baseURL,
            hint: voice.words[draft.keyHint == nil ? "provider.baseURLHint" : "provider.baseURLChange"],
            error: errors["base_url"],
            autocomplete: "off",
            placeholder: "https://",
            maximumLength: 500,
            isRequired: true
        )
    }

    fileprivate static func apiKey(_ draft: ProviderForm.Draft, errors: FormErrors, voice: Voice) -> Field {
        let hint =
            draft.isNew
            ? voice.words["provider.keyHint"]
            : draft.keyHint.map { voice.words("provider.keyKept", ["hint": $0]) } ?? voice.words["provider.keyNone"]
        return Field(
            "api_key",
            label: voice.words["provider.key"],
            type: "password",
            hint: hint,
            error: errors["api_key"],
            autocomplete: "off",
            isRequired: draft.isNew && draft.kind.needsKey
        )
    }

    fileprivate static func organisation(_ draft: ProviderForm.Draft, errors: FormErrors, voice: Voice) -> Field {
        Field(
            "organisation",
            label: voice.words["provider.organisation"],
            value: draft.organisation,
            hint: voice.words["provider.organisationHint"],
            error: errors["organisation"],
            autocomplete: "off",
            maximumLength: 100
        )
    }
}
