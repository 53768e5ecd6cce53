import Engine
import Foundation
import Storage

/// A provider's form as it was sent, checked.
struct ProviderInput: Sendable {
    let draft: ProviderForm.Draft
    var errors = FormErrors()
    private(set) var name: String
    private(set) var baseURL: String
    /// nil keeps what is stored, or says that there is none.
    private(set) var key: Secret?
    /// nil lifts it.
    private(set) var limit: ProviderLimit?

    /// `stored` is nil for a new one.
    init(_ form: Form, kind: ProviderKind, stored: Provider?, voice: Voice) {
        let words = voice.words
        draft = ProviderForm.Draft(
            kind: kind,
            name: form.trimmed("name"),
            baseURL: form.trimmed("base_url"),
            organisation: form.trimmed("organisation"),
            isActive: form.has("active"),
            concurrent: form.trimmed("concurrent"),
            perMinute: form.trimmed("per_minute"),
            keyHint: stored?.keyHint,
            isNew: stored == nil
        )
        name = draft.name.isEmpty ? words["kind.\(kind.rawValue)"] : draft.name
        baseURL = draft.baseURL
        if name.count > 100 { errors.add("name", words["provider.nameLong"]) }
        checkAddress(kind: kind, words: words)
        checkKey(form.trimmed("api_key"), kind: kind, stored: stored, words: words)
        let (concurrent, perMinute) = (draft.concurrent, draft.perMinute)
        let limit = ProviderLimit(
            concurrent: number(concurrent, field: "concurrent", words: words),
            perMinute: number(perMinute, field: "per_minute", words: words)
        )
        self.limit = limit == ProviderLimit() ? nil : limit
    }

    private mutating func number(_ text: String, field: String, words: Words) -> Int? {
        guard !text.isEmpty else { return nil }
        guard let number = Int(text), ProviderLimit.range.contains(number) else {
            errors.add(field, words["provider.limitWrong"])
            return nil
        }
        return number
    }

    private mutating func checkAddress(kind: ProviderKind, words: Words) {
        if baseURL.isEmpty, kind != .builtin {
            errors.add("base_url", words["provider.baseURLNeeded"])
            return
        }
        do {
            baseURL = try ProviderDraft.checkedURL(baseURL, kind: kind)
        } catch {
            errors.add("base_url", words["provider.baseURLWrong"])
        }
    }

    private mutating func checkKey(_ typed: String, kind: ProviderKind, stored: Provider?, words: Words) {
        guard kind != .builtin else { return }
        if !typed.isEmpty {
            do {
                key = try ProviderDraft.checkedKey(typed)
            } catch {
                errors.add("api_key", words["provider.keyWrong"])
            }
        } else if kind.needsKey, stored == nil || stored?.hasKey == false {
            errors.add("api_key", words["provider.keyNeeded"])
        } else if kind.needsKey, let stored, stored.apiBaseURL != baseURL, errors["base_url"] == nil {
            // Another address drops the stored key, so that it cannot be sent elsewhere.
            errors.add("api_key", words["provider.keyAgain"])
        }
    }
}

extension ProviderForm.Draft {
    init(_ provider: Provider) {
        self.init(
            kind: provider.provider,
            name: provider.providerName,
            baseURL: provider.apiBaseURL,
            isActive: provider.isActive,
            concurrent: provider.limit?.concurrent.map(String.init) ?? "",
            perMinute: provider.limit?.perMinute.map(String.init) ?? "",
            keyHint: provider.keyHint,
            isNew: false
        )
    }
}
