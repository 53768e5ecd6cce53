import Crypto
package import Engine
package import Foundation
import Postgres

/// A request that came with an `Idempotency-Key`. Of whoever is not signed in `.system` asks: it is then known again by
/// key and hash together, so that its answer is for those who know all that was sent, and the same key with something
/// else is another request.
package struct IdempotentRequest: Sendable {
    /// Method and path as they are declared.
    package var route: String
    package var key: String
    /// SHA-256 of all that makes it this request and no other.
    package var hash: [UInt8]

    package init(route: String, key: String, hash: [UInt8]) {
        self.route = route
        self.key = key
        self.hash = hash
    }
}

/// What is known of such a request.
package enum IdempotentClaim: Sendable {
    /// Nothing: it is to be done, and its answer kept under this id.
    case new(UUID)
    /// What was answered.
    case answered(Secret)
    /// The first one is still going, or was cut short.
    case going
    /// The key came with another request.
    case other
}

extension Store {
    /// How long an answer is kept.
    package static let answerLifetime = Duration.seconds(86_400)

    /// Lays claim to a request, unless somebody has within the last day.
    package func claim(_ request: IdempotentRequest, by principal: Principal) async throws -> IdempotentClaim {
        let seconds = Int(Self.answerLifetime.components.seconds)
        let (request, older) = try kept(request, by: principal)
        let isOver: Query = "a.created_at < now() - \(seconds)::integer * interval '1 second'"
        let isAlike: Query = "\(Self.isOwnAnswer(principal)) and a.route = \(request.route) and not \(isOver)"
        let made = try await query(
            """
            insert into idempotent_answers as a (answer_id, org_id, user_id, route, key, request_hash)
            select \(UUID.v7())::uuid, \(principal.organisationID)::uuid, \(principal.userID)::uuid,
                \(request.route)::text, \(request.key)::text, \(request.hash)::bytea
            where not exists (
                select from idempotent_answers a where \(isAlike) and a.key = any(\(older)::text[])
            )
            on conflict (org_id, user_id, route, key) do update set
                answer_id = excluded.answer_id, request_hash = excluded.request_hash, answer_encrypted = null,
                created_at = now()
            where \(isOver)
            returning a.answer_id
            """,
            by: principal
        ).first
        if let made { return .new(try made.get("answer_id")) }
        let known = try await query(
            """
            select a.answer_id, a.request_hash = \(request.hash)::bytea as is_same, a.answer_encrypted
            from idempotent_answers a
            where \(isAlike) and a.key = any(\([request.key] + older)::text[])
            order by a.created_at limit 1
            """,
            by: principal
        ).first
        // Given up a moment ago: to whoever asks again it is new.
        guard let known else { return .going }
        guard try known.get("is_same") else { return .other }
        guard let sealed = try known.get("answer_encrypted", as: String?.self) else { return .going }
        return .answered(try keys.open(sealed, in: Self.place(ofAnswer: try known.get("answer_id"))))
    }

    /// Keeps what was answered.
    package func keep(_ answer: Secret, of claim: UUID, by principal: Principal) async throws {
        try await query(
            """
            update idempotent_answers a set answer_encrypted = \(try keys.seal(answer, in: Self.place(ofAnswer: claim)))
            where a.answer_id = \(claim) and \(Self.isOwnAnswer(principal))
            """,
            by: principal
        )
    }

    /// Nothing was done: the key may come again.
    package func giveUp(_ claim: UUID, by principal: Principal) async throws {
        try await query(
            """
            delete from idempotent_answers a
            where a.answer_id = \(claim) and \(Self.isOwnAnswer(principal)) and a.answer_encrypted is null
            """,
            by: principal
        )
    }

    /// As it stands in the database. What a stranger sends may hold a password, and with its plain digest whoever has a
    /// copy of the database could try passwords out: of such a request only a mark is kept, made with the server's keys.
    /// `older`: under which it may stand since before those were changed.
    private func kept(
        _ request: IdempotentRequest,
        by principal: Principal
    ) throws -> (request: IdempotentRequest, older: [String]) {
        guard principal.userID == nil else { return (request, []) }
        let marks = try keys.marks(of: request.hash + Array(request.key.utf8))
        return (IdempotentRequest(route: request.route, key: marks.current, hash: []), marks.older)
    }

    /// The fourth law for an `a` of answers.
    private static func isOwnAnswer(_ principal: Principal) -> Query {
        guard let user = principal.userID else { return "a.org_id is null and a.user_id is null" }
        return "a.org_id = \(principal.organisationID) and a.user_id = \(user)"
    }

    static func place(ofAnswer id: UUID) -> SealedPlace {
        SealedPlace(table: "idempotent_answers", row: id, column: "answer_encrypted")
    }
}
