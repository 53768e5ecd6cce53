import Engine
import Foundation
import Storage

/// The accounts, a page of them, with what can be done with them, and who may register.
struct UsersView: View {
    static let template = "admin-users"

    let page: Frame
    let notice: String?
    let waitingAddress: String
    let refusals: [String]
    let query: String
    let sort: String
    /// nil where there is none to narrow the list down to.
    let organisation: Select?
    let role: Select
    let status: Select
    let columns: [Column]
    let rows: [Row]
    let hasRows: Bool
    let hasCosts: Bool
    let mayUpdate: Bool
    /// For those who are ticked.
    let roles: [Option]
    let mayChooseRole: Bool
    let mayCreate: Bool
    let pager: PageTurner?
    let modes: [Option]
    let mayManage: Bool
    let verifies: Bool
    let sendsMail: Bool

    /// What the reader may do here.
    struct Rights: Sendable {
        var mayCreate = true
        var mayUpdate = true
        var mayManage = true
        var mayChooseRole = true
        var seesCosts = true
        var sendsMail = true

        init() {}

        init(_ principal: Principal, sendsMail: Bool) {
            mayCreate = principal.may(.userCreate)
            mayUpdate = principal.may(.userUpdate)
            mayManage = principal.may(.systemManage)
            mayChooseRole = principal.may(.userRole)
            seesCosts = principal.may(.usageRead)
            self.sendsMail = sendsMail
        }
    }

    struct Column: Sendable {
        let name: String
        let address: String
        /// `ascending` or `descending`; nil when the list is not in this order.
        let direction: String?
        let sign: String?
    }

    struct Row: Sendable {
        let id: String
        let name: String
        let email: String
        let role: String
        let state: StateView
        let time: TimeText?
        let cost: String
        let label: String
    }

    init(
        page: Frame,
        search: UserSearch,
        found: Paged<User>,
        waiting: Paged<User>,
        costs: [UUID: [String: Decimal]],
        organisations: [OrganisationChoice] = [],
        policy: RegistrationPolicy,
        rights: Rights,
        refusals: [String] = [],
        voice: Voice
    ) {
        let words = voice.words
        self.page = page
        self.refusals = refusals
        notice = waiting.items.first.map { words.count("users.wait", waiting.total, ["name": $0.nickname]) }
        waitingAddress = "/admin/users?status=pending"
        query = search.filter.search ?? ""
        sort = (search.filter.isDescending ? "-" : "") + search.filter.order.rawValue
        organisation = Select.organisation(search.filter.organisation, of: organisations, voice: voice)
        role = .role(search.filter.role?.rawValue ?? "", everybody: true, voice: voice)
        status = .status(search.filter.status?.rawValue ?? "", voice: voice)
        columns = [Column(.nickname, "users.name", search, voice), Column(.lastLoginAt, "users.seen", search, voice)]
        rows = found.items.map { Row($0, costs[$0.id], voice) }
        hasRows = !found.items.isEmpty
        hasCosts = rights.seesCosts
        mayUpdate = rights.mayUpdate
        mayChooseRole = rights.mayChooseRole
        roles = AccountRole.allCases.reversed().map {
            Option(value: $0.rawValue, label: words["users.role.\($0.rawValue)"], isChosen: $0 == .member)
        }
        mayCreate = rights.mayCreate
        mayManage = rights.mayManage
        sendsMail = rights.sendsMail
        verifies = policy.verifiesEmail
        pager = PageTurner(found.page, shown: found.items.count, total: found.total, voice: voice) {
            search.address(page: $0)
        }
        modes = ["open", "approval", "closed"].map {
            Option(value: $0, label: words["admin.mode.\($0)"], isChosen: $0 == policy.mode.rawValue)
        }
    }
}

extension UsersView.Column {
    fileprivate init(_ order: UserFilter.Order, _ key: String, _ search: UserSearch, _ voice: Voice) {
        let isSame = order == search.filter.order
        let isDown = search.filter.isDescending
        name = voice.words[key]
        address = search.address(sort: order)
        direction = isSame ? (isDown ? "descending" : "ascending") : nil
        sign = isSame ? voice.icons(isDown ? "down" : "up", "icon-s") : nil
    }
}

extension UsersView.Row {
    fileprivate init(_ user: User, _ cost: [String: Decimal]?, _ voice: Voice) {
        id = user.id.text
        name = user.nickname
        email = user.email
        role = voice.words["users.role.\(user.role.rawValue)"]
        state = StateView(user.status, voice: voice)
        time = voice.time(user.lastLoginAt)
        self.cost = cost.flatMap { voice.money($0) } ?? "–"
        label = voice.words("users.choose", ["name": user.nickname])
    }
}

extension StateView {
    init(_ status: UserStatus, voice: Voice) {
        let word = voice.words["users.status.\(status.rawValue)"]
        switch status {
        case .active: self.init(kind: "done", sign: voice.icons("tick"), word: word)
        case .unverified, .pending: self.init(kind: "wait", sign: voice.icons("hand"), word: word)
        case .disabled: self.init(kind: "off", sign: voice.icons("ring"), word: word)
        case .deleted: self.init(kind: "fail", sign: voice.icons("cross"), word: word)
        }
    }
}

extension Select {
    /// The roles; with one more for all of them where a list is narrowed down.
    static func role(_ chosen: String, everybody: Bool = false, error: String? = nil, voice: Voice) -> Select {
        let names = (everybody ? [""] : []) + AccountRole.allCases.map(\.rawValue)
        return Select(
            "role",
            label: voice.words["users.role"],
            options: names.map {
                let label = voice.words[$0.isEmpty ? "users.all" : "users.role.\($0)"]
                return Option(value: $0, label: label, isChosen: $0 == chosen)
            },
            error: error
        )
    }

    /// With the chosen one, also where its name is not for the reader.
    fileprivate static func organisation(
        _ chosen: UUID?,
        of known: [OrganisationChoice],
        voice: Voice
    ) -> Select? {
        let name = voice.words["usage.by.organization"]
        var choices = known.map { (id: $0.id.text, name: $0.name) }
        if let chosen, !known.contains(where: { $0.id == chosen }) { choices.append((chosen.text, name)) }
        guard !choices.isEmpty else { return nil }
        return Select(
            "organisation",
            label: name,
            options: ([(id: "", name: voice.words["users.all"])] + choices).map {
                Option(value: $0.id, label: $0.name, isChosen: $0.id == chosen?.text ?? "")
            }
        )
    }

    fileprivate static func status(_ chosen: String, voice: Voice) -> Select {
        Select(
            "status",
            label: voice.words["users.status"],
            options: ([""] + UserStatus.allCases.map(\.rawValue)).map {
                let label = voice.words[$0.isEmpty ? "users.all" : "users.status.\($0)"]
                return Option(value: $0, label: label, isChosen: $0 == chosen)
            }
        )
    }
}
