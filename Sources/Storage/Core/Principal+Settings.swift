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
        case .member(let user, let organisation, let isSuperuser):
            let member = [
                SessionSetting(name: "alma.user", value: user.text),
                SessionSetting(name: "alma.org", value: organisation.text),
            ]
            return isSuperuser ? member + [SessionSetting(name: "alma.superuser", value: "on")] : member
        }
    }
}

extension RunState: Bindable, ColumnValue {}
extension RunEvent.Kind: Bindable, ColumnValue {}
extension ProviderKind: Bindable, ColumnValue {}
