import Engine
import Foundation
import Hummingbird
import Storage

/// What waits for a person: tool calls to approve, questions of agents, calls that a crash cut short.
struct ApprovalRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .get,
            "/v1/approvals",
            .approvals,
            "Lists all that waits for one",
            replies: [.list(.approval)],
            use: pending
        )
        Endpoint(
            .get,
            "/v1/runs/{id}/approvals",
            .approvals,
            "Lists what a run has asked",
            replies: [.list(.approval)],
            use: list
        )
        Endpoint(
            .post,
            "/v1/runs/{id}/approvals/{call}",
            .approvals,
            "Answers what a run asks",
            about:
                "Of an approval: `decision` approve or deny, with `tool_input` to change it and `remember` to let it always. Of a question: `answer`, or `decision` deny. Of a call that may have been executed: `decision` again, done or stop, with a `note`.",
            parameters: ["call": .text],
            body: .json(
                Decision.self,
                [
                    "decision": .choice("approve", "deny", "again", "done", "stop"),
                    "tool_input": .about("Instead of the model's."),
                ]
            ),
            replies: [.object(.run, .accepted)],
            errors: [.conflict],
            use: decide
        )
        Endpoint(
            .get,
            "/v1/settings/approvals",
            .settings,
            "Shows how long calls wait for their person",
            access: .superuser,
            replies: [.object(.patience)],
            use: patience
        )
        Endpoint(
            .put,
            "/v1/settings/approvals",
            .settings,
            "Says how long calls wait for their person",
            about: "Where no rule of a tool says otherwise; null for no limit.",
            access: .superuser,
            body: .json(Patience.self, ["expires_after": .range(1...31_536_000, "Seconds.")]),
            replies: [.object(.patience)],
            use: setPatience
        )
    }

    /// All that waits for the caller, in whatever conversation.
    func pending(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let found = try await services.store.pendingApprovals(by: identity.principal)
        return Envelope.list(found.map(\.representation), context: context)
    }

    func list(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let found = try await services.store.approvals(of: context.identifier("id"), by: identity.principal)
        guard let found else { throw WebError.notFound }
        return Envelope.list(found.map(\.representation), context: context)
    }

    struct Decision: Decodable, Sendable {
        var decision: String?
        var answer: String?
        var note: String?
        var toolInput: JSONValue?
        var remember: Bool?
    }

    /// Of an approval: `{"decision": "approve" | "deny", "tool_input": {…}, "remember": false}`; of a question:
    /// `{"answer": "…"}` or `{"decision": "deny"}`; of a call that may have been executed:
    /// `{"decision": "again" | "done" | "stop", "note": "…"}`.
    func decide(_ input: Decision, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let run = try await services.answer(
            context.parameters.get("call") ?? "",
            of: context.identifier("id"),
            CallReply(
                decision: input.decision,
                answer: input.answer,
                note: input.note,
                input: input.toolInput?.text,
                isRemembered: input.remember ?? false
            ),
            by: identity.principal
        )
        guard let run else { throw WebError.notFound }
        return Envelope.success(run.representation, status: .accepted, context: context)
    }

    func patience(_ request: Request, context: WebContext) async throws -> Response {
        _ = try context.superuser()
        return try await patience(context)
    }

    struct Patience: Decodable, Sendable { var expiresAfter: Int? }

    /// `{"expires_after": seconds | null}`: how long calls wait for their person where no rule of a tool says otherwise.
    func setPatience(_ input: Patience, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.superuser()
        if let seconds = input.expiresAfter { try ApprovalRoutes.check(patience: seconds) }
        _ = try await services.store.setApprovalPatience(
            input.expiresAfter,
            by: identity.principal,
            address: context.remoteAddress
        )
        return try await patience(context)
    }

    private func patience(_ context: WebContext) async throws -> Response {
        let seconds = try await services.store.approvalPatience()
        return Envelope.success(JSONObject { $0.set("expires_after", seconds) }, context: context)
    }

    static func check(patience seconds: Int) throws(WebError) {
        guard (1...31_536_000).contains(seconds) else {
            throw .invalid("expires_after", "Use 1 to 31536000 seconds, or null for no limit.")
        }
    }
}

extension ApprovalRecord {
    var representation: JSONObject {
        JSONObject {
            $0.set("run_id", runID)
            $0.set("conversation_id", conversationID)
            $0.set("call_id", callID)
            $0.set("kind", kind.rawValue)
            $0.set("tool_name", toolName)
            $0.raw("tool_input", toolInput)
            $0.set("state", decision?.rawValue ?? "pending")
            $0.raw("edited_input", editedInput)
            $0.set("answer", answer)
            $0.set("expires_at", expiresAt)
            $0.set("created_at", createdAt)
            $0.set("decided_at", decidedAt)
        }
    }
}

extension Schema {
    fileprivate static let patience = object("Patience", [.integer("expires_after", "Seconds.").orNull])

    static let approval = object(
        "Approval",
        [
            .uuid("run_id"), .uuid("conversation_id"), .text("call_id"), .field("kind", .choice(CallRequest.Kind.self)),
            .text("tool_name"), .field("tool_input", .anything),
            .field("state", .choice(["pending"] + CallAnswer.Decision.allCases.map(\.rawValue))),
            .field("edited_input", .anything), .text("answer").orNull, .date("expires_at").orNull, .date("created_at"),
            .date("decided_at").orNull,
        ]
    )
}
