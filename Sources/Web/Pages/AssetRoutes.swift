import HTTPTypes
import Hummingbird
import NIOCore

/// Style, scripts and icons. The name holds the hash of the content, so a browser asks once and never again.
struct AssetRoutes: Sendable {
    let assets: Assets

    func serve(_ request: Request, context: WebContext) async throws -> Response {
        guard let asset = assets.asset(at: request.uri.path) else { throw WebError.notFound }
        return Response(
            status: .ok,
            headers: [.contentType: asset.contentType, .cacheControl: "public, max-age=31536000, immutable"],
            body: .init(byteBuffer: ByteBuffer(bytes: asset.bytes))
        )
    }

    /// For those who ask without having read the page.
    func favicon(_ request: Request, context: WebContext) async throws -> Response {
        guard let address = assets.address(of: "favicon.svg") else { throw WebError.notFound }
        return .redirect(to: address)
    }
}
