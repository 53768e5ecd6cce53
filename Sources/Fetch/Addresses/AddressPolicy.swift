/// Where a request may go.
package enum AddressPolicy: Sendable {
    /// Anywhere: for addresses that an administrator entered.
    case any
    /// Only to addresses of the public internet: for addresses that come from a person, a model or a page.
    case publicOnly
    /// The same, and where the operator of the server allows it besides: the closure is asked about an address such as
    /// `10.0.0.7`, in the one form that the address has.
    case publicAnd(@Sendable (String) -> Bool)

    var isAny: Bool { if case .any = self { true } else { false } }

    package func permits(_ address: NetworkAddress?) -> Bool {
        switch self {
        case .any: true
        case .publicOnly: address?.isPublic ?? false
        case .publicAnd(let isAllowed): address.map { $0.isPublic || isAllowed($0.text) } ?? false
        }
    }
}
