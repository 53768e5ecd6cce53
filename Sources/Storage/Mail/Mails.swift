import Engine
package import Foundation
import Postgres

/// What a mail says. The raw values are `mails.kind`.
package enum MailKind: String, Sendable, CaseIterable, Bindable, ColumnValue {
    case passwordReset = "password_reset"
    /// An administrator has made the account; its person chooses a password.
    case invitation
    case verification
    /// After it, so that somebody whose account is taken over hears of it.
    case passwordChanged = "password_changed"
    /// To join an organisation.
    case organisationInvitation = "organization_invitation"
    /// To the address that an account had until now.
    case addressChanged = "address_changed"
    /// An administrator tries out the mail server.
    case test
}

/// A mail that a worker has taken on: it is tried again later unless it says how it ended.
package struct QueuedMail: Sendable {
    package var id: UUID
    package var kind: MailKind
    package var recipient: String
    /// From 1.
    package var attempt: Int
    /// Of one into an organisation.
    package var invitation: UUID?
    /// For those without an account.
    package var language: String
}

/// What a mail is written from.
package struct Letter: Sendable {
    package var kind: MailKind
    package var reader: Reader
    /// What its link carries, and until when.
    package var link: AccountLink?
    /// That the reader is invited to, and who invites.
    package var organisation: String?
    package var inviter: String?

    package init(
        kind: MailKind,
        reader: Reader,
        link: AccountLink? = nil,
        organisation: String? = nil,
        inviter: String? = nil
    ) {
        self.kind = kind
        self.reader = reader
        self.link = link
        self.organisation = organisation
        self.inviter = inviter
    }
}

extension Letter {
    /// Whom a mail is for: somebody with an account, or an address.
    package struct Reader: Sendable, Equatable {
        package var name: String?
        package var email: String
        package var language: String
        package var timezone: String

        package init(name: String?, email: String, language: String, timezone: String) {
            self.name = name
            self.email = email
            self.language = language
            self.timezone = timezone
        }

        init(_ user: User) {
            self.init(name: user.nickname, email: user.email, language: user.language, timezone: user.timezone)
        }
    }
}

/// What came of asking for a mail.
package enum MailWish: Sendable, Equatable {
    case taken
    /// Somebody asks for many from one address.
    case tooMany
}

extension Store {
    /// Within an hour.
    private static let (mostToOne, mostFromOne) = (3, 20)

    /// Puts a mail into the queue, in the same time and with the same answer whoever has that address. What one address has had
    /// enough of is left out silently.
    package func queueMail(_ kind: MailKind, to recipient: String, language: String, from address: String?) async throws
        -> MailWish
    {
        let recipient = try Checks.email(recipient)
        let language = try Checks.language(language)
        let address = address.map { String(CallerNetwork.of($0).prefix(64)) }
        let row = try await query(
            """
            with recent as (
                select count(*) filter (where recipient = \(recipient) and kind = \(kind)) as to_one,
                    count(*) filter (where address = \(address)) as from_one
                from mails
                where created_at > now() - interval '1 hour' and (recipient = \(recipient) or address = \(address))
            ), queued as (
                insert into mails (mail_id, kind, recipient, language, address)
                select \(UUID.v7())::uuid, \(kind), \(recipient), \(language), \(address)
                from recent where to_one < \(Self.mostToOne) and from_one < \(Self.mostFromOne)
            )
            select from_one >= \(Self.mostFromOne) as is_flood from recent
            """,
            by: .system
        ).first
        return try row?.get("is_flood") == true ? .tooMany : .taken
    }

    /// A mail whose time has come. Others leave it alone while it is in hand: for two minutes, unless more is heard of it.
    package func claimMail() async throws -> QueuedMail? {
        let row = try await query(
            """
            with due as (
                select mail_id from mails where finished_at is null and next_try_at <= now()
                order by next_try_at limit 1 for update skip locked
            )
            update mails m set attempts = m.attempts + 1,
                next_try_at = now() + interval '2 minutes'
            from due where m.mail_id = due.mail_id
            returning m.mail_id, m.kind, m.recipient, m.attempts, m.invitation_id, m.language
            """,
            by: .system
        ).first
        return try row.map {
            QueuedMail(
                id: try $0.get("mail_id"),
                kind: try $0.get("kind"),
                recipient: try $0.get("recipient"),
                attempt: try $0.get("attempts"),
                invitation: try $0.get("invitation_id"),
                language: try $0.get("language")
            )
        }
    }

    /// What a mail is written from, with a link that is made now; nil when nobody is there for whom it would mean anything.
    package func letter(for mail: QueuedMail) async throws -> Letter? {
        if let invitation = mail.invitation { return try await letter(for: mail, of: invitation) }
        // Nobody's address any more: there is no account to ask.
        if mail.kind == .addressChanged {
            let reader = Letter.Reader(name: nil, email: mail.recipient, language: mail.language, timezone: "UTC")
            return Letter(kind: mail.kind, reader: reader)
        }
        let status: UserStatus = mail.kind == .verification ? .unverified : .active
        let row = try await query(
            """
            select \(User.columns) from users u \(User.statistics)
            where u.email = \(mail.recipient) and u.status = \(status)
            """,
            by: .system
        ).first
        guard let user = try row.map(User.init) else { return nil }
        let link: AccountLink? =
            switch mail.kind {
            case .passwordReset: try await makeLink(.password, user: user.id, lifetime: "interval '1 hour'")
            case .invitation: try await makeLink(.password, user: user.id, lifetime: "interval '7 days'")
            case .verification: try await makeLink(.verification, user: user.id, lifetime: "interval '2 days'")
            case .passwordChanged, .organisationInvitation, .addressChanged, .test: nil
            }
        var reader = Letter.Reader(user)
        // Nobody knows yet whose address it is: whoever entered it would have us say what they like to anybody.
        if mail.kind == .verification { reader.name = nil }
        return Letter(kind: mail.kind, reader: reader, link: link)
    }

    private func letter(for mail: QueuedMail, of invitation: UUID) async throws -> Letter? {
        let token = RandomToken.make()
        let row = try await query(
            """
            with renewed as (
                update organisation_invitations i set token_hash = \(RandomToken.hash(token))
                where i.invitation_id = \(invitation) and \(Self.isGoodInvitation)
                returning i.org_id, i.created_by, i.expires_at
            )
            select o.name, i.nickname as inviter, r.expires_at, u.nickname, u.language, u.timezone
            from renewed r join organisations o using (org_id) left join users i on i.user_id = r.created_by
            left join users u on u.email = \(mail.recipient) and u.status = 'active'
            """,
            by: .system
        ).first
        return try row.map { row in
            Letter(
                kind: mail.kind,
                reader: Letter.Reader(
                    name: try row.get("nickname"),
                    email: mail.recipient,
                    language: try row.get("language", as: String?.self) ?? mail.language,
                    timezone: try row.get("timezone", as: String?.self) ?? "UTC"
                ),
                link: AccountLink(token: token, expiresAt: try row.get("expires_at")),
                organisation: try row.get("name"),
                inviter: try row.get("inviter")
            )
        }
    }

    /// It is over: sent, or nobody is there to get it.
    package func finishMail(_ mail: QueuedMail, wasSent: Bool) async throws {
        try await query(
            """
            update mails set finished_at = now(), was_sent = \(wasSent)::boolean, last_error = null
            where mail_id = \(mail.id) and finished_at is null
            """,
            by: .system
        )
    }

    /// It could not be sent; `isFinal` when there is no use in trying again. Else it is, five seconds later at first and four hours
    /// later at last.
    package func failMail(_ mail: QueuedMail, _ reason: String, isFinal: Bool) async throws {
        try await query(
            """
            update mails set last_error = \(String(reason.prefix(500))),
                next_try_at = now() + least(interval '5 seconds' * 4 ^ least(attempts - 1, 8), interval '4 hours'),
                finished_at = case when \(isFinal)::boolean then now() end
            where mail_id = \(mail.id) and finished_at is null
            """,
            by: .system
        )
    }
}
