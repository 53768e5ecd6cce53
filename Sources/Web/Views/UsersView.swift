import Engine
import Foundation

/// Who waits for approval, and who may register.
struct UsersView: View {
    static let template = "admin-users"

    let page: Frame
    let waiting: [Row]
    let hasWaiting: Bool
    let waitingCount: String
    let modes: [Option]

    struct Row: Sendable {
        let id: String
        let name: String
        let initials: String
        let email: String

        init(id: UUID, name: String, email: String) {
            self.id = id.text
            self.name = name
            self.email = email
            initials = PersonView.initials(of: name)
        }
    }

    init(page: Frame, waiting: [Row], mode: String, voice: Voice) {
        self.page = page
        self.waiting = waiting
        hasWaiting = !waiting.isEmpty
        waitingCount = waiting.count.grouped
        modes = ["open", "approval", "closed"].map {
            Option(value: $0, label: voice.words["admin.mode.\($0)"], isChosen: $0 == mode)
        }
    }
}
