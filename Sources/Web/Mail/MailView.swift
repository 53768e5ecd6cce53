import Foundation
import Storage

/// A mail: what it is about, a link, and what is to be known of it.
struct MailView: View {
    static let template = "mail"

    let language: String
    let subject: String
    let greeting: String
    let text: String
    let verb: String
    let address: String
    let note: String
    let foot: String

    init(_ letter: Letter, address: String, home: String, voice: Voice) {
        let words = voice.words
        let key = "mail.\(letter.kind.rawValue)"
        let until = letter.link.map { TimeText.exact($0.expiresAt, voice: voice) } ?? ""
        language = words.language.rawValue
        subject = words["\(key).subject"]
        greeting = letter.reader.name.map { words("mail.greeting", ["name": $0]) } ?? words["mail.greetingNobody"]
        text = words(
            "\(key).text",
            [
                "email": letter.reader.email, "organisation": letter.organisation ?? "",
                "inviter": letter.inviter ?? words["mail.somebody"],
            ]
        )
        verb = words["\(key).verb"]
        note = words("\(key).note", ["until": until, "zone": letter.reader.timezone])
        foot = words("mail.foot", ["home": home])
        self.address = address
    }

    /// The same without markup.
    var plain: String {
        [greeting, text, "\(verb):\n\(address)", note, "--\n\(foot)"].joined(separator: "\n\n") + "\n"
    }
}
