/// Asks before something is destroyed; its buttons answer the question.
struct ConfirmationView: View {
    static let template = "confirmation"

    let page: Frame
    let question: String
    let text: String
    let verb: String
    let action: String
    let back: String
}
