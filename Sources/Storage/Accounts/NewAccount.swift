import Engine
import Foundation
import Postgres

/// An account before it is in the database: the person, their organisation, and that they own it.
struct NewAccount: Sendable {
    let id = UUID.v7()
    let organisation = UUID.v7()
    var email: String
    var nickname: String
    var language: String
    var status: UserStatus
    var role: AccountRole
    var hash: String

    /// One statement that makes all three; its references are checked when it ends.
    func insertion(when condition: Query) -> Query {
        """
        with o as (
            insert into organisations (org_id, name, is_personal)
            select \(organisation), \(nickname), true where \(condition)
            returning org_id
        ), u as (
            insert into users (
                user_id, nickname, email, hashed_password, status, is_superuser, role, language, home_org_id
            )
            select \(id)::uuid, \(nickname), \(email), \(hash), \(status), \(role == .administrator)::boolean,
                \(role == .administrator ? AccountRole.member : role), \(language), o.org_id
            from o
            returning *
        ), m as (
            insert into memberships (org_id, user_id, role) select home_org_id, user_id, 'owner' from u
        )
        select \(User.columns) from u \(User.statistics)
        """
    }
}
