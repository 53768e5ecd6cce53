import Engine
import Foundation

/// One provider: its fields, a new key, and its removal.
struct ProviderView: View {
    static let template = "provider"

    let page: Frame
    let address: String
    let title: String
    let kindName: String
    let state: StateView
    let form: ProviderForm

    init(page: Frame, id: UUID, title: String, kind: ProviderKind, state: StateView, form: ProviderForm, voice: Voice) {
        self.page = page
        self.title = title
        self.state = state
        self.form = form
        address = "/providers/\(id.text)"
        kindName = voice.words["kind.\(kind.rawValue)"]
    }
}
