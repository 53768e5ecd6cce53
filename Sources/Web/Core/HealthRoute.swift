import Hummingbird
import Storage

/// `GET /healthz`: 200 while the database answers, 503 otherwise.
struct HealthRoute: Sendable {
    let services: WebServices

    func answer() async -> Response {
        let isWell = (try? await services.store.ping()) != nil
        return Response(
            status: isWell ? .ok : .serviceUnavailable,
            headers: [.contentType: "application/json"],
            body: .init(byteBuffer: .init(string: isWell ? #"{"status":"ok"}"# : #"{"status":"database_unavailable"}"#))
        )
    }
}
