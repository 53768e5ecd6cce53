/// Where a request may go.
package enum AddressPolicy: Sendable {
    /// Anywhere: for addresses that an administrator entered.
    case any
    /// Only to addresses of the public internet: for addresses that come from a person, a model or a page.
    case publicOnly

    func permits(_ address: NetworkAddress?) -> Bool {
        switch self {
        case .any: true
        case .publicOnly: address?.isPublic ?? false
        }
    }
}
