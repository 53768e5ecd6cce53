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
    let organisations: [Membership]
    let hasOrganisations: Bool
    /// nil where the reader may not, or there is none left.
    let addition: Addition?

    struct Membership: Sendable {
        let name: String
        let address: String
        let role: String
    }

    struct Addition: Sendable {
        let organisation: Select
        let role: Select
    }

    struct Fact: Sendable {
        let name: String
        let value: String
    }

    /// What is known besides the account itself.
    struct Known: Sendable {
        var signIns: [SignedIn] = []
        var keys: [APIKey] = []
        var cost: [String: Decimal]?
        /// What they belong to, and what they could be added to.
        var organisations: [Organisation] = []
        var others: [OrganisationChoice] = []
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

        /// `isRuled`: whether the reader may do all that the account may.
        init(_ principal: Principal, over user: User, isRuled: Bool, sendsMail: Bool) {
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
        organisations = known.organisations.map {
            Membership(
                name: $0.name,
                address: "/organisations/\($0.id.text)",
                role: words["organisations.role.\(($0.role ?? .member).rawValue)"]
            )
        }
        hasOrganisations = !known.organisations.isEmpty
        addition = known.others.isEmpty ? nil : Addition(known.others, voice: voice)
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

extension UserView.Addition {
    init(_ organisations: [OrganisationChoice], voice: Voice) {
        organisation = .organisation(organisations, chosen: nil, voice: voice)
        role = Select(
            "member_role",
            label: voice.words["organisations.roleThere"],
            options: OrganisationRole.allCases.reversed().map {
                Option(
                    value: $0.rawValue,
                    label: voice.words["organisations.role.\($0.rawValue)"],
                    isChosen: $0 == .member
                )
            }
        )
    }
}

extension Select {
    /// Of shared organisations; `none` is a word for none of them, where that is a choice.
    static func organisation(
        _ organisations: [OrganisationChoice],
        chosen: UUID?,
        none: String? = nil,
        error: String? = nil,
        voice: Voice
    ) -> Select {
        let nothing = none.map { [Option(value: "", label: $0, isChosen: chosen == nil)] } ?? []
        return Select(
            "organisation",
            label: voice.words["organisations.one"],
            options: nothing
                + organisations.map { Option(value: $0.id.text, label: $0.name, isChosen: $0.id == chosen) },
            error: error
        )
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
    let organisation: Select?
    let language: Select

    /// What was typed.
    struct Draft: Sendable {
        var organisation: UUID?
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
            organisation = UUID(uuidString: form["organisation"])
        }
    }

    /// `organisations`: those that the account can be added to at once.
    init(
        page: Frame,
        draft: Draft,
        mayChooseRole: Bool,
        organisations: [OrganisationChoice] = [],
        sendsMail: Bool,
        voice: Voice
    ) {
        self.page = page
        organisation =
            organisations.isEmpty
            ? nil
            : .organisation(
                organisations,
                chosen: draft.organisation,
                none: voice.words["organisations.noOther"],
                error: draft.errors["organisation"],
                voice: voice
            )
        lead = voice.words[sendsMail ? "users.newMailed" : "users.newHanded"]
        errors = draft.errors.summary(
            Field.accountLabels(voice).merging(["organisation": voice.words["organisations.one"]]) { $1 },
            voice: voice
        )
        email = .email(draft.email, errors: draft.errors, autocomplete: "off", voice: voice)
        nickname = .nickname(draft.nickname, errors: draft.errors, voice: voice)
        role = mayChooseRole ? .role(draft.role.rawValue, voice: voice) : nil
        language = .language(draft.language, voice: voice)
    }
}
