package import Engine
package import Foundation
import Postgres

/// What somebody with a link is asked to join.
package struct OrganisationOffer: Sendable, Equatable {
    package var organisation: UUID
    package var name: String
    package var role: OrganisationRole
    /// Whom it is for; nil for whoever has the link.
    package var email: String?

    package init(organisation: UUID, name: String, role: OrganisationRole, email: String? = nil) {
        self.organisation = organisation
        self.name = name
        self.role = role
        self.email = email
    }
}

/// What came of following a link into an organisation.
package enum JoinResult: Sendable, Equatable {
    case joined(UUID)
    /// It is for another address.
    case notYours
    /// Used up, too old, or withdrawn.
    case gone
}

extension Store {
    /// Links that are still good; nil when the asker may not see the organisation. Throws `.forbidden` for mere members.
    package func invitations(to id: UUID, by principal: Principal) async throws -> [OrganisationInvitation]? {
        guard try await mayInvite(to: id, by: principal) else { return nil }
        return try await query(
            """
            select \(OrganisationInvitation.columns) from organisation_invitations
            where org_id = \(id) and expires_at > now() and uses_left > 0 order by created_at desc, invitation_id
            limit 200
            """,
            by: .system
        ).map(OrganisationInvitation.init)
    }

    /// The token is in the answer and nowhere else. nil when the asker may not see the organisation. `mailIn`: a mail goes to `email`
    /// in this language, unless its person has another; the link is made when it is sent, and the token of the answer is void then.
    package func invite(
        to id: UUID,
        as role: OrganisationRole,
        email: String?,
        uses: Int,
        days: Int,
        mailIn language: String? = nil,
        by principal: Principal,
        address: String?
    ) async throws -> (token: Secret, invitation: OrganisationInvitation)? {
        guard try await mayInvite(to: id, by: principal) else { return nil }
        guard role != .owner else {
            throw StorageError.invalid("role", "Use admin or member; owners are made among the members.")
        }
        guard (1...100).contains(uses) else { throw StorageError.invalid("uses", "From 1 to 100.") }
        guard (1...90).contains(days) else { throw StorageError.invalid("expires_in_days", "From 1 to 90 days.") }
        let email = try email.map { try Checks.email($0) }
        if language != nil, email == nil { throw StorageError.invalid("email", "A mail needs an address.") }
        let token = RandomToken.make()
        let invitation = UUID.v7()
        let entry = AuditEntry("organization.invitation_made", target: id.text, after: ["role": .string(role.rawValue)])
        let insertion: Query = """
            with \(Self.enough(mailTo: language == nil ? nil : email, of: id, by: principal)), made as (
                insert into organisation_invitations (
                    invitation_id, org_id, role, email, token_hash, uses_left, created_by, expires_at
                ) select
                    \(invitation)::uuid, \(id)::uuid, \(role), \(email), \(RandomToken.hash(token))::bytea, \(uses)::integer,
                    \(principal.userID)::uuid, now() + \(days)::integer * interval '1 day'
                from enough where not is_enough
                returning *
            ), queued as (
                insert into mails (mail_id, kind, recipient, language, invitation_id)
                select \(UUID.v7())::uuid, \(MailKind.organisationInvitation), email, \(try language.map(Checks.language)),
                    invitation_id
                from made where \(language)::text is not null
            ), audited as (
                \(entry.insertion(for: "made", by: principal, address: address))
            )
            select \(OrganisationInvitation.columns) from made
            """
        // Of invitations that are sent at the same moment, each counts the ones before it.
        let line: Query = "select pg_advisory_xact_lock(hashtext('alma.invitation_mails'))"
        guard let row = try await batch(language == nil ? [insertion] : [line, insertion], by: .system).last?.first
        else {
            throw StorageError.invalid("email", "Too many mails were sent. Try again in an hour, or hand out the link.")
        }
        return (token, try OrganisationInvitation(row))
    }

    /// A table `enough (is_enough)`. Nobody is sent more than a few mails in an hour, and no organisation and no person sends
    /// more than some. Mails are counted beyond their invitation's withdrawal.
    private static func enough(mailTo email: String?, of id: UUID, by principal: Principal) -> Query {
        """
        enough as (
            select \(email)::text is not null and (
                count(*) filter (where m.recipient = \(email)) >= 3 or count(*) filter (where i.org_id = \(id)) >= 100
                    or count(*) filter (where i.created_by = \(principal.userID)) >= 100
            ) as is_enough
            from mails m join organisation_invitations i using (invitation_id)
            where m.created_at > now() - interval '1 hour'
        )
        """
    }

    /// False when there is no such link.
    package func withdrawInvitation(
        _ invitation: UUID,
        to id: UUID,
        by principal: Principal,
        address: String?
    ) async throws -> Bool {
        guard try await mayInvite(to: id, by: principal) else { return false }
        let entry = AuditEntry("organization.invitation_withdrawn", target: id.text)
        return try await query(
            """
            with gone as (
                update organisation_invitations set uses_left = 0
                where invitation_id = \(invitation) and org_id = \(id) and uses_left > 0
                returning org_id
            ), audited as (
                \(entry.insertion(for: "gone", by: principal, address: address))
            )
            select from gone
            """,
            by: .system
        ).count == 1
    }

    /// What a link leads to, while it is good; whoever has it may know.
    package func offer(behind token: Secret) async throws -> OrganisationOffer? {
        let row = try await query(
            """
            select o.org_id, o.name, i.role, i.email from organisation_invitations i join organisations o using (org_id)
            where i.token_hash = \(RandomToken.hash(token)) and \(Self.isGoodInvitation)
            """,
            by: .system
        ).first
        return try row.map {
            OrganisationOffer(
                organisation: try $0.get("org_id"),
                name: try $0.get("name"),
                role: try $0.get("role"),
                email: try $0.get("email")
            )
        }
    }

    /// Takes the link at its word. Who is a member already stays what they are, and uses nothing up.
    package func join(with token: Secret, by principal: Principal, address: String?) async throws -> JoinResult {
        guard let user = principal.userID, let offer = try await offer(behind: token) else { return .gone }
        if try await membership(of: user, in: offer.organisation) != nil { return .joined(offer.organisation) }
        if let email = offer.email, try await self.user(user, by: principal)?.email != email { return .notYours }
        let entry = AuditEntry(
            "member.joined",
            target: user.text,
            after: ["role": .string(offer.role.rawValue), "organization_id": .string(offer.organisation.text)]
        )
        let joined = try await query(
            """
            with used as (
                update organisation_invitations i set uses_left = i.uses_left - 1
                where i.token_hash = \(RandomToken.hash(token)) and \(Self.isGoodInvitation)
                returning i.org_id, i.role
            ), made as (
                insert into memberships (org_id, user_id, role) select org_id, \(user)::uuid, role from used
                on conflict (org_id, user_id) do nothing
                returning org_id
            ), audited as (
                \(entry.insertion(for: "made", by: principal, address: address))
            )
            select from used
            """,
            by: .system
        )
        return joined.count == 1 ? .joined(offer.organisation) : .gone
    }

    /// For an `i` of organisation_invitations: not used up, and whoever made it may still invite: a link is no way back for
    /// somebody who was put out.
    static let isGoodInvitation: Query = """
        (i.expires_at > now() and i.uses_left > 0 and exists (
            select from users u left join memberships m on m.user_id = u.user_id and m.org_id = i.org_id
            where u.user_id = i.created_by and u.status = 'active'
                and (u.is_superuser or m.role::text = any(\(OrganisationRole.holding(.memberInvite))::text[]))
        ))
        """

    private func mayInvite(to id: UUID, by principal: Principal) async throws -> Bool {
        guard let found = try await organisation(id, by: principal), found.deletedAt == nil else { return false }
        try OrganisationStanding(role: found.role, principal: principal).demand(.memberInvite)
        guard !found.isPersonal else {
            throw StorageError.conflict("organization", "A personal organization has one member: its person.")
        }
        return true
    }
}
