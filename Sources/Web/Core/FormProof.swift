import Engine
package import Foundation

/// What the hidden field of every form says: whose session its page was made for, and in which organisation. A browser
/// works in one organisation at a time, but a window that was open before it went to another still shows what is in the
/// first.
package struct FormProof: Sendable {
    /// As it stands in the field.
    package let text: String

    package init(session: String, organisation: UUID?) {
        text = [session, organisation?.text].compactMap { $0 }.joined(separator: ".")
    }

    init(_ text: String) { self.text = text }

    /// A secret of the session; of somebody who is not signed in, of their cookie.
    var secret: Substring { text.prefix { $0 != "." } }

    /// Empty where nobody is signed in.
    var organisation: Substring { text.dropFirst(secret.count) }
}
