import Engine
import Foundation
import Storage

/// A person's API keys, the form for another, and once the one that was made just now.
struct APIKeysView: View {
    static let template = "api-keys"
    static let lifetimes = ["30", "90", "365", ""]

    let page: Frame
    /// The key itself, this one time.
    let made: String?
    let keys: [Row]
    let hasKeys: Bool
    let errors: ErrorSummary?
    let name: Field
    let scopes: [Option]
    let scopesError: String?
    let days: Select

    struct Row: Sendable {
        let id: String
        let name: String
        let hint: String
        let scopes: String
        let used: String
        let until: String

        init(_ key: APIKey, voice: Voice) {
            let words = voice.words
            id = key.id.text
            name = key.name
            hint = key.hint
            scopes = key.scopes.map { words["keys.scope.\($0.rawValue)"] }.joined(separator: ", ")
            used = key.lastUsedAt.map { voice.time($0).text } ?? words["keys.never"]
            until = key.expiresAt.map { TimeText.exact($0, voice: voice) } ?? words["keys.forever"]
        }
    }

    /// What was typed.
    struct Draft: Sendable {
        var name = ""
        var scopes: Set<String> = ["mcp"]
        var days = "90"
        var errors = FormErrors()
    }

    init(page: Frame, keys: [APIKey], made: Secret? = nil, draft: Draft = Draft(), mayAdminister: Bool, voice: Voice) {
        let words = voice.words
        self.page = page
        self.made = made?.reveal()
        self.keys = keys.map { Row($0, voice: voice) }
        hasKeys = !keys.isEmpty
        errors = draft.errors.summary(["name": words["keys.name"], "scopes": words["keys.scopes"]], voice: voice)
        name = Field(
            "name",
            label: words["keys.name"],
            value: draft.name,
            hint: words["keys.nameHint"],
            error: draft.errors["name"],
            autocomplete: "off",
            maximumLength: 100,
            isRequired: true
        )
        // `write` opens what `api` does, which has been there for longer.
        scopes = APIKey.Scope.allCases.filter { $0 != .write && (mayAdminister || $0 != .admin) }.map {
            Option(
                value: $0.rawValue,
                label: words["keys.scope.\($0.rawValue)"],
                isChosen: draft.scopes.contains($0.rawValue)
            )
        }
        scopesError = draft.errors["scopes"]
        days = Select(
            "days",
            label: words["keys.until"],
            options: Self.lifetimes.map {
                Option(
                    value: $0,
                    label: $0.isEmpty ? words["keys.forever"] : words("keys.days", ["n": $0]),
                    isChosen: $0 == draft.days
                )
            }
        )
    }
}
