package import Engine
package import Foundation
import Postgres

extension SystemHealth {
    /// What waits to be sent, and what came of the last days' mail: a row is kept for seven.
    package struct MailState: Sendable, Equatable {
        package var queued: Int
        package var oldestQueuedAt: Date?
        package var sent: Int
        /// Tried for as long as is any use, or refused for good.
        package var givenUp: Int
        /// What the mail server, or the way to it, said last of one that waits or was given up.
        package var lastError: String?

        package init(
            queued: Int = 0,
            oldestQueuedAt: Date? = nil,
            sent: Int = 0,
            givenUp: Int = 0,
            lastError: String? = nil
        ) {
            self.queued = queued
            self.oldestQueuedAt = oldestQueuedAt
            self.sent = sent
            self.givenUp = givenUp
            self.lastError = lastError
        }
    }
}

extension SystemHealth.MailState {
    static let question: Query = """
        select count(*) filter (where finished_at is null) as queued,
            min(created_at) filter (where finished_at is null) as oldest_at, count(*) filter (where was_sent) as sent,
            count(*) filter (where finished_at is not null and last_error is not null) as given_up,
            (select last_error from mails where last_error is not null order by mail_id desc limit 1) as last_error
        from mails
        """

    init(_ row: Row) throws {
        self.init(
            queued: try row.get("queued"),
            oldestQueuedAt: try row.get("oldest_at"),
            sent: try row.get("sent"),
            givenUp: try row.get("given_up"),
            lastError: try row.get("last_error")
        )
    }
}

extension Store {
    /// For those with `system:manage`: a mail to themselves, which is written into the audit. False for others.
    package func queueTestMail(by principal: Principal, address: String?) async throws -> Bool {
        guard principal.may(.systemManage), let id = principal.userID, let user = try await user(id, by: principal)
        else { return false }
        let entry = AuditEntry("mail.tested", target: user.id.text)
        let answers = try await batch(
            [
                """
                insert into mails (mail_id, kind, recipient, language)
                values (\(UUID.v7()), \(MailKind.test), \(user.email), \(user.language))
                """,
                entry.insertion(for: "(values (1)) one", by: principal, address: address),
            ],
            by: .system
        )
        return answers[0].affected == 1
    }
}
