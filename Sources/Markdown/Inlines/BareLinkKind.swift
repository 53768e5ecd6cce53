/// What kind of address stands in the text without any brackets.
enum BareLinkKind {
    case address, web, mail

    /// What makes the text a full address.
    var prefix: String {
        switch self {
        case .address: ""
        case .web: "http://"
        case .mail: "mailto:"
        }
    }
}
