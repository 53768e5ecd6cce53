import Engine
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Storage

/// `/mcp`: a person's agents and conversations as tools of other programs, over Streamable HTTP.
///
/// Nothing is kept of a session but its name, which the client brings along: every node answers, and what was begun is a run
/// like any other.
struct MCPEndpoint: Sendable {
    /// Revisions of the protocol that are spoken here, the newest first.
    static let versions = ["2025-11-25", "2025-06-18"]

    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .post,
            "/mcp",
            .overMCP,
            "Takes a message of MCP",
            about:
                "Streamable HTTP, one message at a time. What can be called is in the answer to `tools/list`; `ask_agent` begins a run like any other. Of keys, those with the scope `mcp` open it.",
            content: EndpointContent(mediaType: "application/json") { .mcpMessage },
            replies: [
                .bare(
                    .mcpAnswer,
                    .ok,
                    "The answer to a request; that to `initialize` names a session in the header `Mcp-Session-Id`."
                ).with(.mcpSession),
                .events(
                    "With `Accept: text/event-stream`, `ask_agent` is answered by a stream: progress, then the result.",
                    of: .mcpEvent
                ),
                Reply(status: .accepted, kind: .nothing, about: "A notification or an answer, which is not answered."),
                .bare(.mcpRefusal, .badRequest, "It is no message, as JSON-RPC says; or the request cannot be read."),
            ],
            errors: [.notFound, .conflict],
            key: .nobody,
            use: post
        )
        Endpoint(
            .get,
            "/mcp",
            .overMCP,
            "Refuses a stream of the server's own",
            about: "As the protocol lets it: what happens is told to the call that waits for it.",
            replies: [],
            errors: [.methodNotAllowed],
            use: get
        )
        Endpoint(
            .delete,
            "/mcp",
            .overMCP,
            "Ends a session",
            about: "Nothing is kept of one, and its runs go on.",
            errors: [.notFound],
            use: delete
        )
    }

    func post(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let body = try await request.boundedBody(upTo: context.maxUploadSize)
        let session = try sessionID(request)
        guard let message = MCPMessage(asDescribed: String(buffer: body)) else {
            let error = MCPMessage.error(id: .null, code: -32_700, message: "This is no message of JSON-RPC 2.0.")
            return answer(error, status: .badRequest)
        }
        switch message {
        case .request(let id, let method, let parameters):
            let call = MCPCall(services: services, identity: identity, session: session, id: id)
            return try await perform(method, parameters ?? .object([:]), call, request)
        case .notification("notifications/cancelled", let parameters):
            if let session, let id = parameters?["requestId"] {
                try await MCPCall(services: services, identity: identity, session: session, id: id).cancel()
            }
            return Response(status: .accepted)
        case .notification, .result, .error: return Response(status: .accepted)
        }
    }

    /// What happens by itself is told to whoever waits for it: there is no stream of its own.
    func get(_ request: Request, context: WebContext) async throws -> Response {
        var error = WebError(.methodNotAllowed, "There is no stream here but that of a call.")
        error.allowed = [.post, .delete]
        throw error
    }

    func delete(_ request: Request, context: WebContext) async throws -> Response {
        _ = try sessionID(request)
        return Response(status: .noContent)
    }

    private func perform(
        _ method: String,
        _ parameters: JSONValue,
        _ call: MCPCall,
        _ request: Request
    ) async throws -> Response {
        switch method {
        case "initialize": return hello(parameters, call.id)
        case "ping": return answer(.result(id: call.id, .object([:])))
        case "tools/list":
            return answer(.result(id: call.id, .object(["tools": .array(MCPOfferedTool.allCases.map(\.description))])))
        case "tools/call": return try await use(parameters, call, request)
        default: return answer(.error(id: call.id, code: -32_601, message: "There is no \(method.prefix(100)) here."))
        }
    }

    private func hello(_ parameters: JSONValue, _ id: JSONValue) -> Response {
        let wanted = parameters["protocolVersion"]?.string ?? ""
        let about: JSONValue = .object(["name": .string("ALMA"), "version": .string(services.settings.version)])
        let result: JSONValue = .object([
            "protocolVersion": .string(Self.versions.contains(wanted) ? wanted : Self.versions[0]),
            "capabilities": .object(["tools": .object([:])]), "serverInfo": about,
            "instructions": .string(
                "Agents of a team on ALMA. list_agents says whom there is to ask; ask_agent asks one and waits for the answer."
            ),
        ])
        var response = answer(.result(id: id, result))
        response.headers[.mcpSessionID] = UUID().uuidString.lowercased()
        return response
    }

    private func use(_ parameters: JSONValue, _ call: MCPCall, _ request: Request) async throws -> Response {
        guard let tool = parameters["name"]?.string.flatMap(MCPOfferedTool.init) else {
            return answer(.error(id: call.id, code: -32_602, message: "There is no such tool."))
        }
        let arguments = parameters["arguments"] ?? .object([:])
        let violations = tool.schema?.validate(arguments) ?? []
        guard violations.isEmpty else {
            return answer(.result(id: call.id, .failure(violations.map(\.description).joined(separator: "\n"))))
        }
        guard tool == .askAgent else { return answer(.result(id: call.id, try await call.result(of: tool, arguments))) }
        let asking = MCPAsking(call: call, arguments: arguments, progress: parameters["_meta"]?["progressToken"])
        guard request.headers[.accept]?.contains("text/event-stream") == true else {
            return answer(.result(id: call.id, try await asking.result()))
        }
        return try asking.stream()
    }

    private func answer(_ message: MCPMessage, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(string: message.text))
        )
    }

    private func sessionID(_ request: Request) throws(WebError) -> UUID? {
        guard let text = request.headers[.mcpSessionID] else { return nil }
        guard let id = UUID(uuidString: text) else { throw WebError(.notFound, "There is no such session.") }
        return id
    }
}
