import Engine
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Storage

/// A file's bytes for a browser or a program: part by part, and in a way that no browser takes for a page of ours.
struct FileResponse: Sendable {
    let services: WebServices
    let principal: Principal

    /// To be saved; `isShown` only for pictures, which the page shows in place.
    func response(_ file: KeptFile, isShown: Bool = false) -> Response {
        let isShown = isShown && MediaKind.isPicture(file.mediaType)
        var headers = Self.headers(name: file.name, mediaType: isShown ? file.mediaType : nil)
        // What is kept under an id never changes but for its end.
        if isShown { headers[.cacheControl] = "private, max-age=3600" }
        let (store, principal) = (services.store, principal)
        return Response(
            status: .ok,
            headers: headers,
            body: ResponseBody(contentLength: Int(file.size)) { writer in
                var place = 0
                while let bytes = try await store.bytes(of: file.id, part: place, by: principal) {
                    try await writer.write(ByteBuffer(bytes: bytes))
                    place += 1
                }
                try await writer.finish(nil)
            }.offTheLoop
        )
    }

    /// `mediaType`: nil for what is saved, whatever it is: nothing then depends on what a browser makes of it.
    static func headers(name: String, mediaType: String?) -> HTTPFields {
        var headers: HTTPFields = [
            .contentType: mediaType ?? MediaKind.unknown,
            .contentSecurityPolicy: "default-src 'none'; sandbox; frame-ancestors 'none'",
            .cacheControl: "no-store",
        ]
        let how = mediaType == nil ? "attachment" : "inline"
        let plain = String(
            name.unicodeScalars.map {
                $0.isASCII && $0.value >= 32 && !"\"\\%;".unicodeScalars.contains($0) ? Character($0) : "_"
            }
        )
        headers[.contentDisposition] = "\(how); filename=\"\(plain)\"; filename*=UTF-8''\(encoded(name))"
        return headers
    }

    private static func encoded(_ name: String) -> String {
        name.addingPercentEncoding(
            withAllowedCharacters: CharacterSet(
                charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
            )
        ) ?? "file"
    }
}
