import Foundation

/// The part of `users.preferences` that the server itself reads.
package struct Preferences: Sendable, Decodable {
    package var theme: String?

    /// Anything unreadable counts as no preference.
    package init(json: String) {
        self = (try? JSONDecoder().decode(Preferences.self, from: Data(json.utf8))) ?? Preferences(theme: nil)
    }

    private init(theme: String?) { self.theme = theme }
}
