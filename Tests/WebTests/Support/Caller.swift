import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore

/// A program that calls the API, with its token once it has one.
struct Caller {
    let client: any TestClientProtocol
    var token: String?

    func get(_ path: String, headers: HTTPFields = [:]) async throws -> Answer {
        try await call(.get, path, body: nil, headers: headers)
    }

    func post(_ path: String, _ body: String = "{}", headers: HTTPFields = [:]) async throws -> Answer {
        try await call(.post, path, body: body, headers: headers)
    }

    func put(_ path: String, _ body: String) async throws -> Answer { try await call(.put, path, body: body) }
    func patch(_ path: String, _ body: String, headers: HTTPFields = [:]) async throws -> Answer {
        try await call(.patch, path, body: body, headers: headers)
    }
    func delete(_ path: String) async throws -> Answer { try await call(.delete, path, body: nil) }

    func call(
        _ method: HTTPRequest.Method,
        _ path: String,
        body: String?,
        headers: HTTPFields = [:]
    ) async throws -> Answer {
        var headers = headers
        if let token { headers[.authorization] = "Bearer \(token)" }
        if body != nil, headers[.contentType] == nil { headers[.contentType] = "application/json" }
        let answer = try await client.execute(
            uri: path,
            method: method,
            headers: headers,
            body: body.map { ByteBuffer(string: $0) }
        ) { Answer($0) }
        try await Contract.of(client).check(method, path, answer)
        return answer
    }

    /// Signs in as `002` says: a form, answered by tokens.
    func signIn(_ email: String, _ password: String) async throws -> Answer {
        try await call(
            .post,
            "/v1/login/access-token",
            body: "username=\(email)&password=\(password)",
            headers: [.contentType: "application/x-www-form-urlencoded"]
        )
    }

    /// A new person, registered and signed in.
    func newcomer(_ name: String) async throws -> Caller {
        let email = "\(name)@example.com"
        let registered = try await post(
            "/v1/register",
            #"{"email":"\#(email)","password":"correct horse 9"}"#
        )
        guard registered.status == 201 else { throw UnexpectedAnswer(answer: registered) }
        var caller = self
        caller.token = try await signIn(email, "correct+horse+9").string("data.access_token")
        return caller
    }

    /// A provider with a default model, so that agents can answer.
    func addModel() async throws {
        let provider = try await post(
            "/v1/llm-configs",
            #"{"provider":"custom","provider_name":"Test","api_base_url":"http://127.0.0.1:9/v1"}"#
        )
        let id = provider.string("data.llm_id") ?? ""
        let model = try await post("/v1/models", #"{"llm_id":"\#(id)","name":"large"}"#)
        _ = try await put("/v1/models/default", #"{"model_id":"\#(model.string("data.model_id") ?? "")"}"#)
    }

    func newConversation(_ title: String = "Talk") async throws -> String {
        try await post("/v1/conversations", #"{"title":"\#(title)"}"#).string("data.conversation_id") ?? ""
    }
}

struct UnexpectedAnswer: Error { let answer: Answer }
