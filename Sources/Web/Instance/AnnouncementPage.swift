import Hummingbird
import Markdown

/// The announcement of the administrators, as pages show it.
struct AnnouncementView: Sendable {
    let id: String
    /// Safe: it comes from `Markdown`.
    let html: String

    /// nil where there is none, or it was dismissed.
    init?(_ notice: SiteNotice, dismissed: String) {
        guard let text = notice.announcement, notice.announcementID != dismissed else { return nil }
        id = notice.announcementID
        html = MarkdownRenderer.html(text)
    }
}

/// Puts an announcement away, for people signed in or not: this browser remembers which.
struct AnnouncementPage: Sendable {
    let desk: Desk

    func dismiss(_ request: Request, context: WebContext) async throws -> Response {
        let form = try await request.decodeForm()
        let cookies = SessionCookies(secure: desk.services.settings.secureCookies)
        var response = Response.redirect(to: form["return"].asOwnPath)
        let id = form["id"]
        if id.utf8.count < 20, id.utf8.allSatisfy({ (48...57).contains($0) }) {
            response.setCookie(cookies.announcement(id))
        }
        return response
    }
}
