/// What went wrong and what to do, as a page.
struct ErrorView: View {
    static let template = "error"

    let page: Frame
    let title: String
    let text: String
    /// What exactly, where it is known.
    let details: [String]
    let address: String
    let verb: String
    let reference: String
}
