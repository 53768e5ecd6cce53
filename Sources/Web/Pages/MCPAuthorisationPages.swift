import Crypto
import Engine
import Foundation
import Hummingbird
import Storage

/// Signing in where an MCP server wants it: the administrator's browser goes there and comes back with a code.
struct MCPAuthorisationPages: Sendable {
    let desk: Desk

    /// Shows where the way leads; a form may not lead to another site.
    func begin(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.superuser()
        let id = try context.identifier("id")
        guard let server = try await desk.store.mcpServer(id, by: identity.principal) else { throw WebError.notFound }
        let verifier = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0).base64URL }
        let random = SymmetricKey(size: .bits128).withUnsafeBytes { Data($0).base64URL }
        let authorisation = MCPAuthorisation(
            state: "\(id.text).\(random)",
            verifier: Secret(verifier),
            challenge: Data(SHA256.hash(data: Data(verifier.utf8))).base64URL,
            redirectURI: origin(of: request) + "/admin/mcp/authorisation"
        )
        do {
            guard let mcp = desk.services.mcp else { throw WebError.notFound }
            let address = try await mcp.authorise(id, authorisation)
            let voice = try desk.voice(context)
            let view = MCPAuthoriseView(
                page: desk.frame(
                    voice.words["mcp.authorise"],
                    .admin,
                    request: request,
                    context: context,
                    voice: voice
                ),
                name: server.name,
                address: address,
                back: "/admin/mcp/\(id.text)",
                voice: voice
            )
            return try desk.page(view, context: context)
        } catch let failure as MCPFailure {
            throw WebError(.badGateway, failure.message)
        }
    }

    /// The way back. What came with it is for the server that its state names, and for nobody else.
    func finish(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.superuser()
        // A code is good for one exchange: whoever only looks takes it from nobody.
        guard !context.isHead else {
            var error = WebError(.methodNotAllowed, "This address does not take this method.")
            error.allowed = [.get]
            throw error
        }
        let state = request.query("state")
        guard let id = UUID(uuidString: String(state.prefix { $0 != "." })),
            try await desk.store.mcpServer(id, by: identity.principal) != nil, let mcp = desk.services.mcp
        else { throw WebError.notFound }
        let code = request.query("code")
        guard !code.isEmpty else {
            let reason = request.query("error")
            throw WebError(.badGateway, "It did not let ALMA in: \(reason.isEmpty ? "no reason" : reason.prefix(200)).")
        }
        do {
            try await mcp.finishAuthorisation(of: id, state: state, code: code)
        } catch let failure as MCPFailure {
            throw WebError(.badGateway, failure.message)
        }
        // What nobody was waited for, or what was refused there, has let nobody in.
        try await desk.store.audit(
            AuditEntry("mcp_server.authorised", target: id.text),
            by: identity.principal,
            address: context.remoteAddress
        )
        _ = try await desk.services.probeMCPServer(id, by: identity.principal, address: context.remoteAddress)
        return .redirect(to: "/admin/mcp/\(id.text)", done: .saved)
    }

    /// Where the browser is now.
    private func origin(of request: Request) -> String {
        if let url = desk.services.settings.publicURL { return url.hasSuffix("/") ? String(url.dropLast()) : url }
        let scheme = desk.services.settings.secureCookies ? "https" : "http"
        return "\(scheme)://\(request.head.authority ?? "localhost")"
    }
}
