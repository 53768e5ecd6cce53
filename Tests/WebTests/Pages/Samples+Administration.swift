import Engine
import Foundation
import Storage

@testable import Web

extension Samples {
    var administrationPages: [(name: String, view: any View)] {
        let title = frame(voice.words["users.title"], .admin)
        let everybody = people
        let open = RegistrationPolicy(mode: .open, verifiesEmail: true)
        var search = UserSearch()
        search.filter.search = Samples.hostile
        search.filter.organisation = id(91)
        search.page = 2
        var few = UsersView.Rights()
        (few.mayCreate, few.mayUpdate, few.mayManage, few.seesCosts) = (false, false, false, false)
        var unmailed = UsersView.Rights()
        unmailed.sendsMail = false
        return [
            (
                "admin-users",
                UsersView(
                    page: title,
                    search: UserSearch(),
                    found: Paged(items: everybody, page: Page(), total: everybody.count),
                    waiting: Paged(items: [everybody[1]], page: Page(), total: 2),
                    costs: [id(50): ["USD": 31.4]],
                    organisations: [.init(id: id(91), name: Samples.hostile)],
                    policy: open,
                    rights: .init(),
                    refusals: [Samples.hostile],
                    voice: voice
                )
            ),
            (
                "admin-users-found",
                UsersView(
                    page: title,
                    search: search,
                    found: Paged(items: everybody, page: Page(number: 2), total: 47),
                    waiting: Paged(items: [], page: Page(), total: 0),
                    costs: [:],
                    policy: RegistrationPolicy(mode: .closed, verifiesEmail: false),
                    rights: few,
                    voice: voice
                )
            ),
            (
                "admin-users-nobody",
                UsersView(
                    page: title,
                    search: search,
                    found: Paged(items: [], page: Page(), total: 0),
                    waiting: Paged(items: [], page: Page(), total: 0),
                    costs: [:],
                    policy: open,
                    rights: unmailed,
                    voice: voice
                )
            ),
            ("admin-user", account(everybody[0], link: nil)),
            (
                "admin-user-link",
                account(
                    everybody[0],
                    link: .init(url: "https://alma.example.org/password/reset?token=x", expiresAt: ago(-60))
                )
            ),
            ("admin-user-pending", account(everybody[1], link: nil)),
            ("admin-user-disabled", account(everybody[2], link: nil)),
            ("admin-user-deleted", account(everybody[4], link: nil)),
            ("admin-user-new", newAccount),
        ] + organisationPages
    }

    private var organisationPages: [(name: String, view: any View)] {
        let team = Organisation(
            id: id(80),
            name: Samples.hostile,
            role: .owner,
            memberCount: 3,
            createdAt: ago(9000)
        )
        var own = team
        (own.id, own.isPersonal) = (id(81), true)
        var closed = team
        closed.deletedAt = ago(60)
        closed.keptUntil = ago(-9000)
        var errors = FormErrors()
        errors.add("name", Samples.hostile)
        let page = frame(voice.words["organisations.title"])
        let join = frame(voice.words["join.title"], isAnonymous: true)
        let offer = OrganisationOffer(organisation: id(80), name: Samples.hostile, role: .member)
        return [
            (
                "organisations",
                OrganisationsView(
                    page: page,
                    organisations: [own, team],
                    current: id(80),
                    name: Samples.hostile,
                    errors: errors,
                    voice: voice
                )
            ),
            ("organisation", organisation(team, .init(), link: "https://alma.example.org/join?token=x")),
            ("organisation-member", organisation(team, fewRights, link: nil)),
            ("organisation-closed", organisation(closed, .init(), link: nil)),
            (
                "admin-organisations",
                AllOrganisationsView(
                    page: page,
                    query: Samples.hostile,
                    found: Paged(items: [team, closed], page: Page(number: 2, size: 20), total: 47),
                    voice: voice
                )
            ),
            (
                "admin-organisations-none",
                AllOrganisationsView(
                    page: page,
                    query: "",
                    found: Paged(items: [], page: Page(), total: 0),
                    voice: voice
                )
            ),
            ("join", JoinView(page: join, offer: offer, token: "t", email: nil, canRegister: true, voice: voice)),
            (
                "join-signed-in",
                JoinView(
                    page: join,
                    offer: offer,
                    token: "t",
                    email: "one@harbour.example",
                    isRefused: true,
                    canRegister: false,
                    voice: voice
                )
            ),
            ("join-gone", JoinView(page: join, offer: nil, token: "t", email: nil, canRegister: true, voice: voice)),
        ]
    }

    private var fewRights: OrganisationView.Rights {
        var rights = OrganisationView.Rights()
        (rights.mayRename, rights.mayInvite, rights.mayUpdate) = (false, false, false)
        (rights.mayRemove, rights.isOwner) = (false, false)
        return rights
    }

    private func organisation(
        _ team: Organisation,
        _ rights: OrganisationView.Rights,
        link: String?
    ) -> OrganisationView {
        let roles: [(OrganisationRole, Bool)] = [(.owner, true), (.admin, true), (.member, false)]
        var draft = OrganisationView.Draft(email: Samples.hostile, uses: "0", isMailed: true)
        for field in ["email", "uses"] { draft.errors.add(field, Samples.hostile) }
        return OrganisationView(
            page: frame(team.name),
            organisation: team,
            members: roles.enumerated().map { index, role in
                OrganisationMember(
                    userID: id(UInt8(50 + index)),
                    nickname: index == 1 ? Samples.hostile : text("Member One", "成员一"),
                    email: "\(index)@harbour.example",
                    role: role.0,
                    isActive: role.1,
                    joinedAt: ago(900)
                )
            },
            invitations: [nil, "new@harbour.example"].enumerated().map { index, email in
                OrganisationInvitation(
                    id: id(UInt8(85 + index)),
                    role: .member,
                    email: email,
                    usesLeft: 3,
                    createdAt: ago(60),
                    expiresAt: ago(-6000)
                )
            },
            asker: id(50),
            rights: rights,
            link: link,
            draft: draft,
            refusal: link == nil ? nil : Samples.hostile,
            voice: voice
        )
    }

    /// A browser, a program, and one that does not say what it is.
    var signIns: [SignedIn] {
        let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
        return [
            (60, SignedIn.Kind.browser, agent, "127.0.0.1"), (61, .program, nil, nil), (62, .browser, nil, nil),
        ].map { number, kind, agent, address in
            SignedIn(
                id: id(UInt8(number)),
                kind: kind,
                userAgent: agent,
                address: address,
                createdAt: ago(9000),
                lastSeenAt: ago(90),
                expiresAt: ago(-9000)
            )
        }
    }

    private var people: [User] {
        [
            (UInt8(50), text("Member One", "成员一"), UserStatus.active, AccountRole.administrator),
            (51, Samples.hostile, .pending, .member), (52, text("Member Three", "成员三"), .disabled, .auditor),
            (53, text("Member Four", "成员四"), .unverified, .manager),
            (54, text("Member Five", "成员五"), .deleted, .member),
        ].map { number, name, status, role in
            User(
                id: id(number),
                nickname: name,
                email: "\(number)@harbour.example",
                createdAt: ago(90_000),
                lastLoginAt: status == .active ? ago(12) : nil,
                role: role,
                status: status,
                organisationID: id(91)
            )
        }
    }

    private func account(_ user: User, link: HandedOutLink?) -> UserView {
        var errors = FormErrors()
        let isWrong = user.status == .pending
        if isWrong { for field in ["nickname", "email"] { errors.add(field, Samples.hostile) } }
        let key = APIKey(id: id(70), name: Samples.hostile, hint: "abcd", scopes: [.api, .mcp], createdAt: ago(600))
        var rights = UserView.Rights()
        rights.mayUpdate = user.status != .deleted
        return UserView(
            page: frame(user.nickname, .admin),
            user: user,
            facts: isWrong
                ? .init()
                : .init(
                    signIns: signIns,
                    keys: [key],
                    cost: ["USD": 31.4],
                    organisations: [shared(1)],
                    others: [choice(2)]
                ),
            rights: isWrong ? UserView.Rights() : rights,
            link: link,
            draft: isWrong ? .init(nickname: Samples.hostile, email: Samples.hostile, role: .auditor) : nil,
            errors: errors,
            refusal: isWrong ? Samples.hostile : nil,
            voice: voice
        )
    }

    private func choice(_ number: UInt8) -> OrganisationChoice { .init(id: id(92 + number), name: Samples.hostile) }

    private func shared(_ number: UInt8) -> Organisation {
        Organisation(id: id(92 + number), name: Samples.hostile, role: .member, memberCount: 2, createdAt: ago(60))
    }

    private var newAccount: UserNewView {
        var draft = UserNewView.Draft()
        (draft.email, draft.nickname) = (Samples.hostile, Samples.hostile)
        for field in ["email", "nickname"] { draft.errors.add(field, Samples.hostile) }
        return UserNewView(
            page: frame(voice.words["users.new"], .admin),
            draft: draft,
            mayChooseRole: true,
            organisations: [choice(1)],
            sendsMail: false,
            voice: voice
        )
    }
}
