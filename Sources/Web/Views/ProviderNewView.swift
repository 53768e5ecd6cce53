import Engine

/// Adding a provider: first its kind, by a link, then its fields.
struct ProviderNewView: View {
    static let template = "provider-new"

    let page: Frame
    let kinds: [Kind]
    /// nil until a kind is chosen.
    let form: ProviderForm?

    struct Kind: Sendable {
        let address: String
        let name: String
        let text: String
        let isCurrent: Bool
    }

    init(page: Frame, chosen: ProviderKind?, form: ProviderForm?, voice: Voice) {
        self.page = page
        self.form = form
        kinds = ProviderKind.allCases.map { kind in
            Kind(
                address: "/providers/new?kind=\(kind.rawValue)#add",
                name: voice.words["kind.\(kind.rawValue)"],
                text: voice.words["kind.about.\(kind.rawValue)"],
                isCurrent: kind == chosen
            )
        }
    }
}
