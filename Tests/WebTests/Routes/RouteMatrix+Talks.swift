import HTTPTypes

// Of the API: conversations, and the runs that answer in them.

extension RouteMatrix {
    static let talks: [RouteRule] = [
        RouteRule(.get, "/v1/events", .signedIn(.fine), query: "?follow=false"),
        RouteRule(
            .get,
            "/v1/conversations/{id}/events",
            of: "conversation",
            .owner(.fine),
            query: "?follow=false"
        ),
        // Without a handshake there is no socket.
        RouteRule(.get, "/v1/ws/chat/{id}", of: "conversation", .owner(.refused)),
        RouteRule(.post, "/v1/ws/tickets", .signedIn(.fine)),
        RouteRule(.get, "/v1/messages", .signedIn(.fine), query: "?search=echo"),
        RouteRule(.get, "/v1/conversations", .signedIn(.fine)),
        RouteRule(.post, "/v1/conversations", .signedIn(.fine), body: "{}"),
        RouteRule(.get, "/v1/conversations/{id}", of: "conversation", .owner(.fine)),
        RouteRule(.patch, "/v1/conversations/{id}", of: "conversation", .owner(.fine), body: #"{"title":"x"}"#),
        RouteRule(.delete, "/v1/conversations/{id}", of: "conversation", .owner(.fine)),
        RouteRule(.get, "/v1/conversations/{id}/messages", of: "conversation", .owner(.fine)),
        RouteRule(
            .post,
            "/v1/conversations/{id}/messages",
            of: "conversation",
            .owner(.fine),
            body: #"{"content":"echo","agent_id":"{agent}","model_id":"{model}"}"#
        ),
        RouteRule(.get, "/v1/conversations/{id}/workspace", of: "conversation", .owner(.fine)),
        RouteRule(.delete, "/v1/conversations/{id}/workspace", of: "conversation", .owner(.missing), query: "?path=x"),
        RouteRule(
            .get,
            "/v1/conversations/{id}/workspace/content",
            of: "conversation",
            .owner(.missing),
            query: "?path=x"
        ),
        RouteRule(.get, "/v1/conversations/{id}/workspace/archive", of: "conversation", .owner(.fine)),
        RouteRule(.get, "/v1/conversations/{id}/files", of: "conversation", .owner(.fine)),
        RouteRule(
            .post,
            "/v1/conversations/{id}/files",
            of: "conversation",
            .owner(.fine),
            body: RouteWorld.upload
        ),
        RouteRule(.get, "/v1/conversations/{id}/files/{file}", of: "conversation", .owner(.fine)),
        RouteRule(.get, "/v1/conversations/{id}/files/{file}/content", of: "conversation", .owner(.fine)),
        RouteRule(.delete, "/v1/conversations/{id}/files/{file}", of: "conversation", .owner(.fine)),
        RouteRule(
            .put,
            "/v1/conversations/{id}/leaf",
            of: "conversation",
            .owner(.fine),
            body: #"{"message_id":"{message}"}"#
        ),
        RouteRule(.get, "/v1/conversations/{id}/messages/{message}", of: "conversation", .owner(.fine)),
        RouteRule(.delete, "/v1/conversations/{id}/messages/{message}", of: "conversation", .owner(.fine)),
        RouteRule(
            .post,
            "/v1/conversations/{id}/messages/{message}/restoration",
            of: "conversation",
            // It is not deleted.
            .owner(.missing),
            body: "{}"
        ),
        RouteRule(
            .post,
            "/v1/conversations/{id}/messages/{message}/edits",
            of: "conversation",
            .owner(.fine),
            body: #"{"content":"echo"}"#
        ),
        RouteRule(
            .post,
            "/v1/conversations/{id}/messages/{message}/regenerations",
            of: "conversation",
            .owner(.refused),
            // A model that is not there; without one the answer would fail as the first one did.
            body: #"{"model_id":"{agent}"}"#
        ),
        RouteRule(.get, "/v1/approvals", .signedIn(.fine)),
        RouteRule(.get, "/v1/runs/{id}/results/{call}", of: "run", .owner(.missing)),
        RouteRule(.get, "/v1/runs/{id}/requests", of: "run", .owner(.fine)),
        RouteRule(.get, "/v1/conversations/{id}/variables", of: "conversation", .owner(.fine)),
        RouteRule(.get, "/v1/conversations/{id}/variables/{name}", of: "conversation", .owner(.fine)),
        RouteRule(
            .put,
            "/v1/conversations/{id}/variables/{name}",
            of: "conversation",
            .owner(.fine),
            body: #"{"value":1}"#
        ),
        RouteRule(.delete, "/v1/conversations/{id}/variables/{name}", of: "conversation", .owner(.fine)),
        RouteRule(.get, "/v1/runs/{id}/approvals", of: "run", .owner(.fine)),
        RouteRule(
            .post,
            "/v1/runs/{id}/approvals/{call}",
            of: "run",
            .owner(.missing),
            body: #"{"decision":"approve"}"#
        ),
        RouteRule(.get, "/v1/runs", .signedIn(.fine)),
        RouteRule(.get, "/v1/runs/{id}", of: "run", .owner(.fine)),
        RouteRule(.get, "/v1/runs/{id}/children", of: "run", .owner(.fine)),
        RouteRule(.get, "/v1/runs/{id}/tree", of: "run", .owner(.fine)),
        RouteRule(.get, "/v1/runs/{id}/events", of: "run", .owner(.fine)),
        RouteRule(.get, "/v1/runs/{id}/steps", of: "run", .owner(.fine)),
        RouteRule(
            .post,
            "/v1/runs/{id}/fork",
            of: "run",
            .owner(.fine),
            body: #"{"step":0,"changes":{"input":"echo","model_id":"{model}"}}"#
        ),
        RouteRule(.get, "/v1/runs/{id}/compare/{other}", of: "run", .owner(.fine)),
        RouteRule(.post, "/v1/runs/{id}/cancellation", of: "run", .owner(.fine), body: "{}"),
        RouteRule(.post, "/v1/runs/{id}/retries", of: "run", .owner(.fine), body: "{}"),
        // It has ended.
        RouteRule(.post, "/v1/runs/{id}/pause", of: "run", .owner(.refused), body: "{}"),
        RouteRule(.post, "/v1/runs/{id}/resume", of: "run", .owner(.fine), body: "{}"),
        RouteRule(.get, "/v1/conversations/{id}/pending-messages", of: "conversation", .owner(.fine)),
        RouteRule(.delete, "/v1/conversations/{id}/pending-messages/{message}", of: "conversation", .owner(.missing)),
        RouteRule(
            .post,
            "/v1/conversations/{id}/pending-messages/{message}/dispatch",
            of: "conversation",
            .owner(.missing),
            body: "{}"
        ),
    ]
}
