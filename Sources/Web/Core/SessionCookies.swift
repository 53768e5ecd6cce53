package import Engine
package import Hummingbird

/// The names and properties of our cookies, in one place.
package struct SessionCookies: Sendable {
    package var secure: Bool

    package init(secure: Bool) { self.secure = secure }

    package var sessionName: String { secure ? "__Host-alma_session" : "alma_session" }
    package var csrfName: String { secure ? "__Host-alma_csrf" : "alma_csrf" }
    package static let languageName = "alma_language"
    package static let themeName = "alma_theme"
    package static let announcementName = "alma_announcement"

    package func session(_ token: Secret, lifetime: Duration) -> Cookie {
        cookie(sessionName, token.reveal(), maxAge: Int(lifetime.components.seconds))
    }

    package func endedSession() -> Cookie { cookie(sessionName, "", maxAge: 0) }

    /// The proof for forms of people who are not signed in.
    package func csrf(_ token: String) -> Cookie { cookie(csrfName, token, maxAge: 86_400) }

    package func language(_ language: Language) -> Cookie {
        cookie(Self.languageName, language.rawValue, maxAge: 31_536_000)
    }

    /// An empty theme follows the system.
    package func theme(_ theme: String) -> Cookie { cookie(Self.themeName, theme, maxAge: 31_536_000) }

    /// The announcement that was put away.
    package func announcement(_ id: String) -> Cookie { cookie(Self.announcementName, id, maxAge: 31_536_000) }

    private func cookie(_ name: String, _ value: String, maxAge: Int) -> Cookie {
        Cookie(name: name, value: value, maxAge: maxAge, path: "/", secure: secure, httpOnly: true, sameSite: .lax)
    }
}
