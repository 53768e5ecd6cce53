import Engine
import Foundation
import Storage

/// What somebody typed to get an account, and what is wrong with it.
struct AccountApplication: Sendable {
    static let passwordLength = 8...1024

    var errors = FormErrors()
    let draft: AccountDraft
    private let password: Secret

    init(_ form: Form, voice: Voice) {
        draft = AccountDraft(
            nickname: form.trimmed("nickname"),
            email: form.trimmed("email"),
            token: form.trimmed("token")
        )
        password = Secret(form["password"])
        if !AccountApplication.isAddress(draft.email) { errors.add("email", voice.words["form.emailWrong"]) }
        if draft.nickname.count > 50 { errors.add("nickname", voice.words["form.nicknameLong"]) }
        AccountApplication.check(form["password"], field: "password", errors: &errors, voice: voice)
    }

    static func check(_ password: String, field: String, errors: inout FormErrors, voice: Voice) {
        if password.count < passwordLength.lowerBound { errors.add(field, voice.words["form.passwordShort"]) }
        if password.count > passwordLength.upperBound { errors.add(field, voice.words["form.passwordLong"]) }
    }

    /// The new user; nil when something is to be mended, which `errors` then says.
    mutating func register(at store: Store, language: Language, status: UserStatus, voice: Voice) async throws -> User?
    {
        try await keepingErrors(voice) { [draft, password] in
            try await store.register(
                email: draft.email,
                password: password,
                nickname: draft.nickname,
                language: language.rawValue,
                status: status
            )
        }
    }

    /// The first administrator; a second one, who came at the same time, finds nothing here.
    mutating func registerFirst(
        at store: Store,
        language: Language,
        voice: Voice,
        address: String?
    ) async throws -> User? {
        try await keepingErrors(voice) { [draft, password] in
            let user = try await store.createFirstSuperuser(
                email: draft.email,
                password: password,
                nickname: draft.nickname,
                language: language.rawValue,
                address: address
            )
            guard let user else { throw WebError.notFound }
            return user
        }
    }

    private mutating func keepingErrors(_ voice: Voice, _ make: () async throws -> User) async throws -> User? {
        guard errors.isEmpty else { return nil }
        do {
            return try await make()
        } catch let error as StorageError {
            try errors.add(error, voice: voice, words: ["email": "form.emailTaken", "password": "form.passwordWeak"])
            return nil
        }
    }

    /// Rough on purpose: only the mail server knows.
    private static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard text.utf8.count <= 255, parts.count == 2, !parts[0].isEmpty, !text.contains(where: \.isWhitespace) else {
            return false
        }
        return parts[1].contains(".") && !parts[1].hasPrefix(".") && !parts[1].hasSuffix(".")
    }
}

extension FormErrors {
    /// Keeps what the store refused as an error of its field; anything else is thrown on. `words` are for the fields
    /// of which the reason is known.
    mutating func add(_ error: StorageError, voice: Voice, words: [String: String] = [:]) throws {
        switch error.code {
        case .conflict(let field):
            guard let key = words[field] else { throw error }
            add(field, voice.words[key])
        case .invalid(let field):
            add(
                field,
                words[field].map { voice.words[$0] } ?? voice.notAccepted(error.message)
            )
        default: throw error
        }
    }
}
