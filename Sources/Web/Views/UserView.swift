import Engine
import Foundation
import Storage

/// One account, as administrators see it.
struct UserView: View {
    static let template = "admin-user"

    let page: Frame
    /// Its id.
    let user: String
    let name: String
    let emailAddress: String
    let state: StateView
    let refusal: String?
    /// A link for a new password, shown this one time.
    let link: String?
    let linkUntil: String
    let facts: [Fact]
    let errors: ErrorSummary?
    let nickname: Field
    let email: Field
    let role: Select?
    let mayUpdate: Bool
    let mayApprove: Bool
    let mayEnable: Bool
    let mayDisable: Bool
    let mayDelete: Bool
    let mayLink: Bool
    let mayMail: Bool
    let sessions: [SessionRow]
    let hasSessions: Bool
    let keys: [APIKeysView.Row]
    let hasKeys: Bool

    struct Fact: Sendable {
        let name: String
        let value: String
    }

    /// What is known besides the account itself.
    struct Known: Sendable {
        var signIns: [SignedIn] = []
        var keys: [APIKey] = []
        var cost: [String: Decimal]?
    }

    /// What the reader may do with it.
    struct Rights: Sendable {
        var mayUpdate = true
        var mayDelete = true
        var mayChooseRole = true
        var seesCosts = true
        var isOwn = false
        var sendsMail = true

        init() {}

        init(_ principal: Principal, over user: User, sendsMail: Bool) {
            let isRuled = principal.mayRule(user.role)
            mayUpdate = principal.may(.userUpdate) && isRuled
            mayDelete = principal.may(.userDelete) && isRuled
            mayChooseRole = principal.may(.userRole)
            seesCosts = principal.may(.usageRead)
            isOwn = principal.userID == user.id
            self.sendsMail = sendsMail
        }
    }

    /// What was typed.
    struct Draft: Sendable {
        var nickname: String
        var email: String
        var role: AccountRole?
    }

    init(
        page: Frame,
        user: User,
        facts known: Known,
        rights: Rights,
        link: HandedOutLink? = nil,
        draft: Draft? = nil,
        errors: FormErrors = FormErrors(),
        refusal: String? = nil,
        voice: Voice
    ) {
        let words = voice.words
        let draft = draft ?? Draft(nickname: user.nickname, email: user.email, role: user.role)
        self.page = page
        self.refusal = refusal
        self.link = link?.url
        linkUntil = link?.expiresAt.map { words("users.linkUntil", ["until": TimeText.exact($0, voice: voice)]) } ?? ""
        self.user = user.id.text
        name = user.nickname
        emailAddress = user.email
        state = StateView(user.status, voice: voice)
        facts = UserView.facts(user, known, seesCosts: rights.seesCosts, voice: voice)
        self.errors = errors.summary(["nickname": words["form.nickname"], "email": words["form.email"]], voice: voice)
        nickname = Field(
            "nickname",
            label: words["form.nickname"],
            value: draft.nickname,
            error: errors["nickname"],
            autocomplete: "off",
            maximumLength: 50,
            isRequired: true
        )
        email = .email(draft.email, errors: errors, autocomplete: "off", voice: voice)
        role = rights.mayChooseRole && !rights.isOwn ? .role((draft.role ?? user.role).rawValue, voice: voice) : nil
        mayUpdate = rights.mayUpdate
        let mayRule = rights.mayUpdate && !rights.isOwn
        mayApprove = mayRule && [.pending, .unverified].contains(user.status)
        mayEnable = mayRule && (user.status == .disabled || user.status == .deleted && rights.mayDelete)
        mayDisable = mayRule && [.active, .pending, .unverified].contains(user.status)
        mayDelete = rights.mayDelete && !rights.isOwn && user.status != .deleted
        mayLink = rights.mayUpdate && user.status == .active
        mayMail = mayLink && rights.sendsMail
        sessions = known.signIns.map { SessionRow($0, isCurrent: false, voice: voice) }
        hasSessions = !known.signIns.isEmpty
        keys = known.keys.map { APIKeysView.Row($0, voice: voice) }
        hasKeys = !known.keys.isEmpty
    }

    private static func facts(_ user: User, _ known: Known, seesCosts: Bool, voice: Voice) -> [Fact] {
        let words = voice.words
        let never = words["users.never"]
        return [
            Fact(name: words["users.role"], value: words["users.role.\(user.role.rawValue)"]),
            Fact(name: words["users.registered"], value: voice.time(user.createdAt).text),
            Fact(name: words["users.seen"], value: user.lastLoginAt.map { voice.time($0).text } ?? never),
            Fact(name: words["users.confirmed"], value: user.emailVerifiedAt.map { voice.time($0).text } ?? never),
            Fact(name: words["users.talks"], value: user.totalConversations.grouped),
            Fact(name: words["users.messages"], value: user.totalMessages.grouped),
        ] + (seesCosts ? [Fact(name: words["users.month"], value: known.cost.flatMap { voice.money($0) } ?? "–")] : [])
    }
}

/// The form for another account.
struct UserNewView: View {
    static let template = "admin-user-new"

    let page: Frame
    let lead: String
    let errors: ErrorSummary?
    let email: Field
    let nickname: Field
    let role: Select?
    let language: Select

    /// What was typed.
    struct Draft: Sendable {
        var email = ""
        var nickname = ""
        var role = AccountRole.member
        var language = Language.english
        var errors = FormErrors()

        init() {}

        init(_ form: Form) {
            email = form.trimmed("email")
            nickname = form.trimmed("nickname")
            role = AccountRole(rawValue: form["role"]) ?? .member
            language = Language(rawValue: form["language"]) ?? .english
        }
    }

    init(page: Frame, draft: Draft, mayChooseRole: Bool, sendsMail: Bool, voice: Voice) {
        self.page = page
        lead = voice.words[sendsMail ? "users.newMailed" : "users.newHanded"]
        errors = draft.errors.summary(Field.accountLabels(voice), voice: voice)
        email = .email(draft.email, errors: draft.errors, autocomplete: "off", voice: voice)
        nickname = .nickname(draft.nickname, errors: draft.errors, voice: voice)
        role = mayChooseRole ? .role(draft.role.rawValue, voice: voice) : nil
        language = .language(draft.language, voice: voice)
    }
}
