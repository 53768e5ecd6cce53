import Engine
import Foundation
package import Storage

/// A mail in its reader's words.
package struct MailText: Sendable, Equatable {
    package var subject: String
    package var text: String
    package var html: String
}

/// Writes mails: as plain text and as HTML, in the language of the one who gets it.
package struct MailWriter: Sendable {
    private let templates: Templates
    private let links: LinkPlace

    /// `publicURL` is the address that people use: the links of a mail lead there, wherever the wish for it came from.
    package init(files: PageFiles, publicURL: String) {
        templates = files.templates
        links = LinkPlace(base: publicURL)
    }

    package func text(for letter: Letter) throws -> MailText {
        let language = Language(tag: letter.reader.language) ?? .english
        let voice = try templates.voice(language, zone: UserZone.zone(letter.reader.timezone))
        let view = MailView(letter, address: address(of: letter), home: links.base, voice: voice)
        return MailText(subject: view.subject, text: view.plain, html: try templates.html(view, language))
    }

    private func address(of letter: Letter) -> String {
        switch letter.kind {
        case .passwordReset, .invitation: links.password(letter.link?.token)
        case .verification: links.verification(letter.link?.token)
        case .organisationInvitation: links.joining(letter.link?.token)
        case .passwordChanged: links.base + "/password/forgot"
        case .addressChanged: links.base
        case .test: links.base + "/admin/health"
        }
    }
}

/// Where links into accounts lead.
struct LinkPlace: Sendable {
    let base: String

    func password(_ token: Secret?) -> String { base + "/password/reset?token=" + (token?.reveal() ?? "") }
    func joining(_ token: Secret?) -> String { base + "/join?token=" + (token?.reveal() ?? "") }
    func verification(_ token: Secret?) -> String { base + "/verification?token=" + (token?.reveal() ?? "") }
}
