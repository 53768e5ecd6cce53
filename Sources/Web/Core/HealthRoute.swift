import Engine
import Hummingbird
import Storage

/// `GET /healthz`: 200 while the database answers, 503 otherwise. A server that has to do without a part says so, and is
/// well enough to serve.
struct HealthRoute: Sendable {
    let services: WebServices

    func answer() async -> Response {
        let isWell = (try? await services.store.ping()) != nil
        let troubles = services.settings.troubles
        let status = !isWell ? "database_unavailable" : troubles.isEmpty ? "ok" : "degraded"
        var body: [String: JSONValue] = ["status": .string(status)]
        for (part, reason) in troubles { body[part] = .string(reason) }
        return Response(
            status: isWell ? .ok : .serviceUnavailable,
            headers: [.contentType: "application/json"],
            body: .init(byteBuffer: .init(string: JSONValue.object(body).text))
        )
    }
}
