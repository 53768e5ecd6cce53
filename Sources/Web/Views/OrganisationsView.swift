import Engine
import Foundation
import Storage

/// One's organisations, which of them this browser works in, and the form for another.
struct OrganisationsView: View {
    static let template = "organisations"

    let page: Frame
    let rows: [Row]
    let errors: ErrorSummary?
    let name: Field

    struct Row: Sendable {
        let id: String
        let name: String
        let role: String
        let members: String
        let isCurrent: Bool
        let isShared: Bool
        let isDeleted: Bool

        init(_ organisation: Organisation, current: UUID? = nil, voice: Voice) {
            let words = voice.words
            id = organisation.id.text
            name = organisation.isPersonal ? words["organisations.own"] : organisation.name
            role = organisation.role.map { words["organisations.role.\($0.rawValue)"] } ?? "–"
            members = words.count("organisations.count", organisation.memberCount)
            isCurrent = organisation.id == current
            isShared = !organisation.isPersonal
            isDeleted = organisation.deletedAt != nil
        }
    }

    init(
        page: Frame,
        organisations: [Organisation],
        current: UUID?,
        name: String = "",
        errors: FormErrors = FormErrors(),
        voice: Voice
    ) {
        self.page = page
        rows = organisations.map { Row($0, current: current, voice: voice) }
        self.errors = errors.summary(["name": voice.words["organisations.name"]], voice: voice)
        self.name = Field(
            "name",
            label: voice.words["organisations.name"],
            value: name,
            error: errors["name"],
            autocomplete: "off",
            maximumLength: 100,
            isRequired: true
        )
    }
}

/// All organisations, as administrators see them.
struct AllOrganisationsView: View {
    static let template = "admin-organisations"

    let page: Frame
    let query: String
    let rows: [OrganisationsView.Row]
    let hasRows: Bool
    let pager: PageTurner?

    init(page: Frame, query: String, found: Paged<Organisation>, voice: Voice) {
        self.page = page
        self.query = query
        rows = found.items.map { OrganisationsView.Row($0, voice: voice) }
        hasRows = !found.items.isEmpty
        pager = PageTurner(found.page, shown: found.items.count, total: found.total, voice: voice) {
            "/admin/organisations?q=\(percentEncoded(query))&page=\($0)"
        }
    }
}

/// What a link to an organisation leads to.
struct JoinView: View {
    static let template = "join"

    let page: Frame
    /// nil when the link is not good.
    let lead: String?
    let token: String
    let notice: NoticeView?
    let isSignedIn: Bool
    let signInAddress: String
    let canRegister: Bool

    init(
        page: Frame,
        offer: OrganisationOffer?,
        token: String,
        email: String?,
        isRefused: Bool = false,
        canRegister: Bool,
        voice: Voice
    ) {
        let words = voice.words
        self.page = page
        self.token = token
        self.canRegister = canRegister
        lead = offer.map {
            words("join.lead", ["organisation": $0.name, "role": words["organisations.role.\($0.role.rawValue)"]])
        }
        notice =
            isRefused
            ? NoticeView(text: words("join.notYours", ["email": email ?? ""]))
            : offer == nil ? NoticeView(text: words["join.gone"]) : nil
        isSignedIn = email != nil
        signInAddress = "/sign-in?next=" + percentEncoded("/join?token=" + token)
    }
}
