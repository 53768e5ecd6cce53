import Crypto
import Engine
import Foundation
import Postgres

/// One attempt to sign in, counted as a failure before the password is looked at, and forgiven when it is right: a
/// thousand guesses sent at once are a thousand, and the right password takes nothing from anybody.
///
/// The fifth wrong password from one address closes the account to that address for a minute, doubling up to a quarter
/// of an hour. Of attempts that come at the same time, so that none is known to be wrong yet, ten are let through; once
/// the account has been closed, one. 50 failures on an account, or 100 from an address, within a quarter of an hour close it to strangers: to
/// addresses from which nobody has signed in to it before.
struct SignInAttempt: Sendable {
    /// Wrong passwords that close an account.
    private static let failureLimit = 5
    /// Attempts that may be under way together.
    private static let burstLimit = 10

    private let id = UUID.v7()
    private let email: String
    private let account: [UInt8]
    private let address: String
    private let time: Date

    init(email: String, address: String?, time: Date) {
        self.email = email
        self.address = String((address.map(CallerNetwork.of) ?? "unknown").prefix(64))
        self.time = time
        account = Self.account(email)
    }

    /// What stands for an account in `login_attempts`.
    static func account(_ email: String) -> [UInt8] { Array(SHA256.hash(data: Data("alma.account:\(email)".utf8))) }

    /// Counts the attempt and reads the account.
    var opening: Query {
        """
        with recent as (
            select account_hash, address, failures from login_attempts
            where (account_hash = \(account) or address = \(address))
                and last_success_at is null and last_failure_at > \(time)::timestamptz - interval '15 minutes'
        ), pressure as (
            select coalesce(sum(failures) filter (where account_hash = \(account)), 0) >= 50
                or coalesce(sum(failures) filter (where address = \(address)), 0) >= 100 as is_high
            from recent
        ), stranger as (
            select not exists (
                select from login_attempts
                where account_hash = \(account) and address = \(address) and last_success_at is not null
            ) as is_one
        ), attempt as (
            \(count) from pressure, stranger where not (is_high and is_one)
            \(conflict)
            returning last_attempt = \(id) as is_allowed, locked_until
        )
        select coalesce(attempt.is_allowed, false) as is_allowed, attempt.locked_until, u.hashed_password, \(User.columns)
        from (values (1)) one
        left join attempt on true
        left join users u on u.email = \(email) and u.status <> 'deleted'
        \(User.statistics)
        """
    }

    private var count: Query {
        """
        insert into login_attempts as l (account_hash, address, failures, last_attempt, last_failure_at)
        select \(account), \(address), 1, \(id)::uuid, \(time)::timestamptz
        """
    }

    /// While it is closed nothing is counted, so that knocking does not keep it closed.
    private var conflict: Query {
        let isOpen: Query = "(l.locked_until is null or l.locked_until <= \(time))"
        let failures: Query = """
            (case when l.last_failure_at < \(time)::timestamptz - interval '1 hour' then 1 else l.failures + 1 end)
            """
        return """
            on conflict (account_hash, address) do update set
                failures = case when \(isOpen) then \(failures) else l.failures end,
                last_attempt = case when \(isOpen) then \(id)::uuid else l.last_attempt end,
                last_failure_at = case when \(isOpen) then \(time)::timestamptz else l.last_failure_at end,
                locked_until = case
                    when not \(isOpen) then l.locked_until
                    when \(failures) >= \(Self.burstLimit)
                        or \(failures) >= \(Self.failureLimit) and l.locked_until is not null
                    then \(closing(after: failures))
                end
            """
    }

    private func closing(after failures: Query) -> Query {
        """
        \(time)::timestamptz + least(
            interval '1 minute' * 2 ^ least(greatest(\(failures) - \(Self.failureLimit), 0), 10), interval '15 minutes'
        )
        """
    }

    /// nil when the attempt may go on.
    func lockedUntil(_ row: Row) throws -> Date? {
        if try row.get("is_allowed", as: Bool.self) { return nil }
        return try row.get("locked_until", as: Date?.self) ?? time.addingTimeInterval(900)
    }

    /// The password was wrong.
    var failure: Query {
        """
        update login_attempts l set locked_until = greatest(l.locked_until, \(closing(after: "l.failures")))
        where account_hash = \(account) and address = \(address) and failures >= \(Self.failureLimit)
        """
    }

    /// The password was right.
    func success(user: UUID, isActive: Bool) -> Query {
        """
        with forgiven as (
            update login_attempts set failures = 0, locked_until = null,
                last_success_at = case when \(isActive)::boolean then \(time)::timestamptz else last_success_at end
            where account_hash = \(account) and address = \(address)
        )
        update users set last_login_at = \(time) where user_id = \(user) and \(isActive)::boolean
        """
    }

    var forgetting: Query {
        "delete from login_attempts where account_hash = \(account) and address = \(address)"
    }
}
