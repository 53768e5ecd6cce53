import Engine
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Storage

/// What every page works with: the services, and the templates that its views are written with.
struct Desk: Sendable {
    let services: WebServices
    let templates: Templates

    var store: Store { services.store }

    /// The reader's words and place.
    func voice(_ context: WebContext) throws -> Voice {
        let zone = context.identity.map { UserZone.zone($0.user.timezone) } ?? .gmt
        return try templates.voice(context.language, zone: zone)
    }

    /// The frame of a page called `title`.
    func frame(
        _ title: String,
        _ section: Section? = nil,
        request: Request,
        context: WebContext,
        voice: Voice
    ) -> Frame {
        let person = context.identity.map {
            PersonView(
                name: $0.user.nickname,
                email: $0.user.email,
                places: AdminPlace.open(to: $0.principal)
            )
        }
        var frame = Frame(
            title: title,
            section: section,
            person: person,
            theme: context.theme,
            csrf: context.csrfToken,
            here: request.method == .get ? request.uri.description : section?.address ?? "/",
            toast: Done(request)?.words(voice),
            voice: voice
        )
        frame.announcement = AnnouncementView(context.notice, dismissed: context.dismissedAnnouncement)
        (frame.terms, frame.privacy) = (context.notice.termsURL, context.notice.privacyURL)
        return frame
    }

    func page<V: View>(_ view: V, context: WebContext, status: HTTPResponse.Status = .ok) throws -> Response {
        let html = try templates.html(view, context.language)
        return Response(
            status: status,
            headers: [.contentType: "text/html; charset=utf-8", .contentLanguage: context.language.rawValue],
            body: .init(byteBuffer: ByteBuffer(string: html))
        )
    }
}

/// What was just done, carried by the redirect as `?done=` and said once.
enum Done: String {
    case saved, signedOut, renamed, pinned, unpinned, archived, unarchived, deleted, password, sessionEnded, pausing,
        stopping
    case providerAdded, tested, modelsAdded, approved
    case passwordChosen, confirmed, confirmedWaiting, sessionsEnded, linkMailed, mailTried, accountDeleted, entered

    init?(_ request: Request) {
        self.init(rawValue: request.query("done"))
    }

    func words(_ voice: Voice) -> String { voice.words["done.\(rawValue)"] }
}

extension Response {
    /// 303 to `path` with what was done.
    static func redirect(to path: String, done: Done, anchor: String = "") -> Response {
        let separator = path.contains("?") ? "&" : "?"
        return .redirect(to: path + separator + "done=" + done.rawValue + (anchor.isEmpty ? "" : "#" + anchor))
    }
}

extension Form {
    /// Where it leads back to, when that is `place` or beneath it; nil when it is elsewhere, or nowhere of ours.
    func back(under place: String) -> String? {
        let path = self["return"].asOwnPath
        return path == place || ["?", "/"].contains { path.hasPrefix(place + $0) } ? path : nil
    }
}

extension Request {
    /// The parameter `name` of the address; empty when there is none.
    func query(_ name: String) -> String {
        Form(body: uri.query ?? "")[name]
    }
}

extension String {
    /// A path of ours, or the home page: never another site's address.
    var asOwnPath: String {
        // Browsers drop tabs and line ends before they read an address, so that "/\t/host" is elsewhere. Bytes, because a
        // character may be a slash with something on it.
        let isPlain = utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") }
        let isOwn = utf8.starts(with: "/".utf8) && !utf8.starts(with: "//".utf8) && isPlain
        guard isOwn else { return "/" }
        return utf8.reduce(into: "") { path, byte in
            path += byte < 0x80 ? String(UnicodeScalar(byte)) : "%" + String(byte, radix: 16, uppercase: true)
        }
    }
}
