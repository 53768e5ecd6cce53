package import Engine
package import Foundation
import Postgres

/// Somebody who reads a stream, and by what they were let in.
package struct StreamReader: Sendable, Hashable {
    package var user: UUID
    package var organisation: UUID
    package var credential: Credential
    /// What they were when they came; nil to look at nothing of it.
    package var role: AccountRole?

    package init(user: UUID, organisation: UUID, credential: Credential, role: AccountRole? = nil) {
        self.role = role
        self.user = user
        self.organisation = organisation
        self.credential = credential
    }
}

extension Store {
    /// The places in `readers` of those who may read no longer: the account is not active, no member any more (of an organisation that is open) or of another role, or the
    /// session, the key or the family of tokens is gone by which they came. All in one question, however many they are.
    package func readersToDismiss(among readers: [StreamReader]) async throws -> [Int] {
        try await query(
            """
            select r.place from unnest(
                \(Array(0..<readers.count))::integer[], \(readers.map(\.user))::uuid[], \(readers.map(\.organisation))::uuid[],
                \(readers.map(\.credential.session))::uuid[], \(readers.map(\.credential.key))::uuid[],
                \(readers.map(\.credential.family))::uuid[], \(readers.map(\.credential.issued))::timestamptz[],
                \(readers.map { $0.role?.rawValue })::text[]
            ) r (place, user_id, org_id, session_id, key_id, family, issued_at, role)
            left join users u on u.user_id = r.user_id and u.status = 'active'
            where u.user_id is null
                or r.role <> case when u.is_superuser then 'administrator' else u.role end
                or not exists (
                    select from memberships m join organisations o on o.org_id = m.org_id and o.deleted_at is null
                    where m.org_id = r.org_id and m.user_id = r.user_id
                )
                or r.session_id is not null and not exists (
                    select from sessions s
                    where s.session_id = r.session_id and s.user_id = r.user_id and s.expires_at > now()
                )
                or r.key_id is not null and not exists (
                    select from api_keys k where k.key_id = r.key_id and k.user_id = r.user_id and \(Self.isUnexpired)
                )
                or r.family is not null and not (
                    date_trunc('second', r.issued_at) >= date_trunc('second', u.tokens_valid_after)
                    and exists (
                        select from refresh_tokens t
                        where t.family_id = r.family and t.user_id = r.user_id and t.revoked_at is null
                    )
                )
            """,
            by: .system
        ).map { try $0.get("place", as: Int.self) }
    }

    /// Says that streams of these people are read on this node: what concerns them is announced for that long.
    package func watch(people: Set<StreamPerson>, for time: Duration) async throws {
        let people = people.sorted()
        try await query(
            """
            insert into event_watches (org_id, user_id, watched_until)
            select p.org_id, p.user_id, now() + \(Int(time.components.seconds))::integer * interval '1 second'
            from unnest(\(people.map(\.organisation))::uuid[], \(people.map(\.user))::uuid[]) p (org_id, user_id)
            where exists (select from users u where u.user_id = p.user_id)
                and exists (select from organisations o where o.org_id = p.org_id and o.deleted_at is null)
            on conflict (user_id, org_id) do update
                set watched_until = greatest(event_watches.watched_until, excluded.watched_until)
            """,
            by: .system
        )
    }
}

/// A person in one of their organisations.
package struct StreamPerson: Sendable, Hashable, Comparable {
    package var user: UUID
    package var organisation: UUID

    package init(user: UUID, organisation: UUID) {
        self.user = user
        self.organisation = organisation
    }

    /// The order in which their rows are locked.
    package static func < (one: StreamPerson, other: StreamPerson) -> Bool {
        (one.user, one.organisation) < (other.user, other.organisation)
    }
}

extension Credential {
    fileprivate var session: UUID? { if case .session(let id) = self { id } else { nil } }
    fileprivate var key: UUID? { if case .key(let id) = self { id } else { nil } }
    fileprivate var family: UUID? { if case .token(let family, _, _) = self { family } else { nil } }
    fileprivate var issued: String? {
        if case .token(_, let issuedAt, _) = self { issuedAt.iso8601Milliseconds } else { nil }
    }
}
