import Engine
import Postgres

extension Principal {
    /// What the policies of the database read; it travels with the statement and ends with it.
    var settings: [SessionSetting] {
        switch self {
        case .system:
            // What the program asks for itself is found by keys: a plan made once on each connection is as good as one made
            // anew each time, which takes longer than the answer.
            return [
                SessionSetting(name: "alma.system", value: "on"),
                SessionSetting(name: "plan_cache_mode", value: "force_generic_plan"),
            ]
        case .member(let user, let organisation, let role, _):
            var member = [
                SessionSetting(name: "alma.user", value: user.text),
                SessionSetting(name: "alma.org", value: organisation.text),
            ]
            if role == .administrator { member.append(SessionSetting(name: "alma.superuser", value: "on")) }
            if !role.permissions.isEmpty {
                let names = role.permissions.map(\.rawValue).sorted().joined(separator: ",")
                member.append(SessionSetting(name: "alma.permissions", value: names))
            }
            return member
        }
    }
}

extension RunState: Bindable, ColumnValue {}
extension RunEvent.Kind: Bindable, ColumnValue {}
extension ProviderKind: Bindable, ColumnValue {}
extension AccountRole: Bindable, ColumnValue {}
extension OrganisationRole: Bindable, ColumnValue {}
