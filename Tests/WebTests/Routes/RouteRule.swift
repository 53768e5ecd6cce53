import Engine
import HTTPTypes
import Testing

/// One route, and what each kind of caller gets from it.
struct RouteRule: Sendable, CustomTestStringConvertible {
    let method: HTTPRequest.Method
    /// As it is registered.
    let path: String
    /// What the path's parameter names: a thing of `RouteWorld`.
    let thing: String
    let query: String
    /// Sent with `{names}` replaced by the world's ids; as a form unless it begins like JSON.
    let body: String?
    let access: Access

    /// Outcomes by caller. What is named belongs to the member; the stranger and the superuser are others, each in an
    /// organisation of their own.
    struct Access: Sendable {
        var anonymous: Outcome
        var stranger: Outcome
        var member: Outcome
        var superuser: Outcome
        /// The member, by a session that was ended or a token that was voided.
        var revoked: Outcome
        /// Somebody whose account was disabled after they had signed in.
        var suspended: Outcome
        /// What the superuser's outcome takes, where it takes one.
        var permission: Permission?
    }

    init(
        _ method: HTTPRequest.Method,
        _ path: String,
        of thing: String = "",
        _ access: Access,
        query: String = "",
        body: String? = nil
    ) {
        self.method = method
        self.path = path
        self.thing = thing
        self.access = access
        self.query = query
        self.body = body
    }

    var name: String { "\(method) \(path)" }
    var testDescription: String { name }
}

extension RouteRule.Access {
    static func everybody(_ outcome: Outcome) -> Self {
        Self(
            anonymous: outcome,
            stranger: outcome,
            member: outcome,
            superuser: outcome,
            revoked: outcome,
            suspended: outcome
        )
    }

    static func signedIn(_ outcome: Outcome) -> Self {
        Self(
            anonymous: .unauthorised,
            stranger: outcome,
            member: outcome,
            superuser: outcome,
            revoked: .unauthorised,
            suspended: .unauthorised
        )
    }

    /// Nobody but the owner: not even an administrator.
    static func owner(_ outcome: Outcome, others: Outcome = .missing) -> Self {
        Self(
            anonymous: .unauthorised,
            stranger: others,
            member: outcome,
            superuser: others,
            revoked: .unauthorised,
            suspended: .unauthorised
        )
    }

    /// What administrators see of everybody, and everybody of themselves.
    static func ownerAndAdministrator(_ outcome: Outcome, _ permission: Permission) -> Self {
        var access = owner(outcome).administered(outcome)
        access.permission = permission
        return access
    }

    /// Of an account with a role: what the superuser gets, where the role holds the permission. Those who see other people's accounts
    /// and organisations are told that more is not theirs; nil where no permission decides.
    func outcome(for role: AccountRole) -> Outcome? {
        permission.map { role.permissions.contains($0) ? superuser : .forbidden }
    }

    func administered(_ outcome: Outcome) -> Self {
        var access = self
        access.superuser = outcome
        return access
    }

    static func administrator(_ outcome: Outcome, _ permission: Permission = .systemManage) -> Self {
        Self(
            anonymous: .unauthorised,
            stranger: .forbidden,
            member: .forbidden,
            superuser: outcome,
            revoked: .unauthorised,
            suspended: .unauthorised,
            permission: permission
        )
    }

    /// For those who have signed in already it leads on.
    static let gate = Self(
        anonymous: .fine,
        stranger: .moved,
        member: .moved,
        superuser: .moved,
        revoked: .fine,
        suspended: .fine
    )
}

/// The class of an answer.
enum Outcome: String, Sendable {
    /// 2xx
    case fine
    /// 3xx, as after a form.
    case moved
    /// 401, or the way to the sign-in page and back.
    case unauthorised
    case forbidden
    /// 404: it does not exist, or it is somebody else's.
    case missing
    /// 400, 409, 422, 426: read and not done.
    case refused
    case broken

    init(_ answer: Answer) {
        switch answer.status {
        case 200..<300: self = .fine
        case 300..<400: self = answer.headers[.location]?.hasPrefix("/sign-in?next=") == true ? .unauthorised : .moved
        case 401: self = .unauthorised
        case 403: self = .forbidden
        case 404: self = .missing
        case 400, 409, 422, 426: self = .refused
        default: self = .broken
        }
    }
}
