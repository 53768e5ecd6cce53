import Engine
import Foundation

/// Which version of a message is shown, and the way to those beside it.
struct VersionsView: Sendable {
    let action: String
    let place: String
    let previous: String?
    let next: String?
    let csrf: String

    /// nil when there is only one. `current` is nil for an answer that wrote nothing: it comes after the others.
    init?(_ versions: [UUID], current: UUID?, conversation: UUID, csrf: String) {
        let index = current.flatMap(versions.firstIndex) ?? versions.count
        let count = max(versions.count, index + 1)
        guard count > 1 else { return nil }
        action = "/conversations/\(conversation.text)/leaf"
        place = "\(index + 1) / \(count)"
        previous = index > 0 ? versions[index - 1].text : nil
        next = index + 1 < versions.count ? versions[index + 1].text : nil
        self.csrf = csrf
    }
}
