import Engine
import Foundation
import Storage

/// An organisation: its members, and the links to join by.
struct OrganisationView: View {
    static let template = "organisation"

    let page: Frame
    let organisation: String
    let title: String
    let refusal: String?
    /// To join by, shown this one time.
    let link: String?
    let name: Field?
    let members: [Member]
    let invitations: [Invitation]
    let hasInvitations: Bool
    let mayInvite: Bool
    let mayMail: Bool
    let isMailed: Bool
    let mayDelete: Bool
    /// Since when it is closed; all else is only to be looked at then.
    let closed: String?
    /// Until when it can be opened again; empty for one that is open.
    let kept: String
    let mayRestore: Bool
    let errors: ErrorSummary?
    let role: Select
    let email: Field
    let uses: Field

    struct Member: Sendable {
        let user: String
        let name: String
        let email: String
        let role: String
        let isOff: Bool
        let isOwn: Bool
        /// Empty where the reader may not change it.
        let roles: [Option]
        let mayChange: Bool
        let roleLabel: String
        let mayRemove: Bool
        let time: TimeText?
    }

    struct Invitation: Sendable {
        let invitation: String
        let role: String
        let email: String
        let uses: String
        let until: String
    }

    /// What the reader may do here.
    struct Rights: Sendable {
        var mayRename = true
        var mayInvite = true
        var mayUpdate = true
        var mayRemove = true
        /// Owners are made and unmade by owners.
        var isOwner = true
        var mayDelete = true
        var mayRestore = true
        var sendsMail = true

        init() {}

        init(_ organisation: Organisation, _ principal: Principal, sendsMail: Bool) {
            let isOpen = organisation.deletedAt == nil
            func may(_ permission: Permission) -> Bool {
                isOpen && organisation.role?.permissions.contains(permission) == true
                    || isOpen && principal.may(permission)
            }
            self.sendsMail = sendsMail
            mayRename = may(.organizationUpdate)
            mayInvite = may(.memberInvite) && !organisation.isPersonal
            mayUpdate = may(.memberUpdate) && !organisation.isPersonal
            mayRemove = may(.memberRemove) && !organisation.isPersonal
            isOwner = organisation.role == .owner || principal.isSuperuser
            mayDelete = isOwner && isOpen && !organisation.isPersonal
            mayRestore = !isOpen && principal.may(.systemManage)
        }
    }

    /// What was typed into the form for a link.
    struct Draft: Sendable {
        var role = OrganisationRole.member
        var email = ""
        var uses = "1"
        var isMailed = false
        var errors = FormErrors()
    }

    init(
        page: Frame,
        organisation: Organisation,
        name: String? = nil,
        members: [OrganisationMember],
        invitations: [OrganisationInvitation],
        asker: UUID,
        rights: Rights,
        link: String? = nil,
        draft: Draft = Draft(),
        refusal: String? = nil,
        voice: Voice
    ) {
        let words = voice.words
        self.page = page
        self.organisation = organisation.id.text
        self.refusal = refusal
        self.link = link
        title = organisation.isPersonal ? words["organisations.own"] : organisation.name
        self.name = rights.mayRename ? .organisationName(name ?? organisation.name, words) : nil
        self.members = members.map { OrganisationView.member($0, asker, rights, organisation, voice) }
        self.invitations = invitations.map { Invitation($0, voice) }
        hasInvitations = !invitations.isEmpty
        mayInvite = rights.mayInvite
        mayMail = rights.mayInvite && rights.sendsMail
        isMailed = draft.isMailed
        mayDelete = rights.mayDelete
        closed = organisation.deletedAt.map {
            words("organisations.closed", ["time": TimeText.exact($0, voice: voice)])
        }
        let until = organisation.keptUntil.map { TimeText.exact($0, voice: voice) }
        kept = until.map { words("organisations.kept", ["time": $0]) } ?? ""
        mayRestore = rights.mayRestore
        errors = draft.errors.summary(
            ["email": words["form.email"], "uses": words["organisations.uses"]],
            voice: voice
        )
        role = Select(
            "role",
            label: words["users.role"],
            options: [OrganisationRole.member, .admin].map { OrganisationView.option($0, draft.role, voice) }
        )
        email = .invited(draft, words)
        uses = .uses(draft, words)
    }

    private static func member(
        _ member: OrganisationMember,
        _ asker: UUID,
        _ rights: Rights,
        _ organisation: Organisation,
        _ voice: Voice
    ) -> Member {
        let isOwn = member.userID == asker
        let isWithin = rights.isOwner || member.role != .owner
        let choices = OrganisationRole.allCases.filter { rights.isOwner || $0 != .owner }
        let mayChange = rights.mayUpdate && isWithin
        return Member(
            user: member.userID.text,
            name: member.nickname,
            email: member.email,
            role: voice.words["organisations.role.\(member.role.rawValue)"],
            isOff: !member.isActive,
            isOwn: isOwn,
            roles: mayChange ? choices.map { option($0, member.role, voice) } : [],
            mayChange: mayChange,
            roleLabel: voice.words("organisations.roleOf", ["name": member.nickname]),
            mayRemove: !organisation.isPersonal && (isOwn || rights.mayRemove && isWithin),
            time: voice.time(member.joinedAt)
        )
    }

    private static func option(_ role: OrganisationRole, _ chosen: OrganisationRole, _ voice: Voice) -> Option {
        Option(
            value: role.rawValue,
            label: voice.words["organisations.role.\(role.rawValue)"],
            isChosen: role == chosen
        )
    }
}

extension OrganisationView.Invitation {
    fileprivate init(_ kept: OrganisationInvitation, _ voice: Voice) {
        invitation = kept.id.text
        role = voice.words["organisations.role.\(kept.role.rawValue)"]
        email = kept.email ?? voice.words["organisations.anybody"]
        uses = kept.usesLeft.grouped
        until = TimeText.exact(kept.expiresAt, voice: voice)
    }
}

extension Field {
    fileprivate static func organisationName(_ name: String, _ words: Words) -> Field {
        Field(
            "name",
            label: words["organisations.name"],
            value: name,
            autocomplete: "off",
            maximumLength: 100,
            isRequired: true
        )
    }

    fileprivate static func invited(_ draft: OrganisationView.Draft, _ words: Words) -> Field {
        Field(
            "email",
            label: words["form.email"],
            value: draft.email,
            hint: words["organisations.emailHint"],
            error: draft.errors["email"],
            autocomplete: "off",
            inputMode: "email"
        )
    }

    fileprivate static func uses(_ draft: OrganisationView.Draft, _ words: Words) -> Field {
        Field(
            "uses",
            label: words["organisations.uses"],
            value: draft.uses,
            error: draft.errors["uses"],
            autocomplete: "off",
            inputMode: "numeric",
            isRequired: true
        )
    }
}
