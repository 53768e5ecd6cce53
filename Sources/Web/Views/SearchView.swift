import Engine

/// Where agents search the web, to choose from.
struct SearchView: View {
    static let template = "search"

    let page: Frame
    let errors: ErrorSummary?
    let service: Select
    let url: Field
    let key: Field

    init(page: Frame, input: SearchInput, hasKey: Bool, voice: Voice) {
        let (words, errors) = (voice.words, input.errors(voice.words))
        self.page = page
        self.errors = errors.summary(
            ["service": words["search.service"], "url": words["search.url"], "key": words["search.key"]],
            voice: voice
        )
        let values = [SearchInput.configured, SearchInput.nowhere] + SearchKind.allCases.map(\.rawValue)
        service = Select(
            "service",
            label: words["search.service"],
            options: values.map { value in
                let word = words["search.kind.\(value.isEmpty ? "configured" : value)"]
                return Option(value: value, label: word, isChosen: value == input.service)
            },
            error: errors["service"]
        )
        url = Field(
            "url",
            label: words["search.url"],
            value: input.url,
            hint: words["search.urlHint"],
            error: errors["url"],
            autocomplete: "off",
            inputMode: "url",
            maximumLength: 2000
        )
        key = Field(
            "key",
            label: words["search.key"],
            type: "password",
            hint: words[hasKey ? "search.keyKept" : "search.keyHint"],
            error: errors["key"],
            autocomplete: "off",
            maximumLength: 500
        )
    }
}
