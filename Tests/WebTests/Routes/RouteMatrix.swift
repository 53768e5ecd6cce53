import HTTPTypes

/// Every route of the server with who may use it: what is not here does not pass the check.
enum RouteMatrix {
    static let all = api + pages

    private static let credentials = "username={email}&password={password}"

    private static let api: [RouteRule] = [
        RouteRule(.get, "/healthz", .everybody(.fine)),

        RouteRule(.post, "/v1/login/access-token", .everybody(.fine), body: credentials),
        RouteRule(.post, "/v1/login/refresh-token", .everybody(.fine), body: #"{"refresh_token":"{refresh}"}"#),
        RouteRule(.post, "/v1/logout", .everybody(.fine), body: #"{"refresh_token":"{refresh}"}"#),
        RouteRule(
            .post,
            "/v1/register",
            .everybody(.fine),
            body: #"{"email":"{newcomer}","password":"correct horse 9"}"#
        ),
        RouteRule(
            .put,
            "/v1/password/change",
            .signedIn(.fine),
            body: #"{"current_password":"{password}","new_password":"another horse 9"}"#
        ),
        RouteRule(.get, "/v1/users/me", .signedIn(.fine)),
        RouteRule(.put, "/v1/users/me", .signedIn(.fine), body: #"{"nickname":"x"}"#),
        RouteRule(.get, "/v1/users/me/preferences", .signedIn(.fine)),
        RouteRule(.patch, "/v1/users/me/preferences", .signedIn(.fine), body: #"{"theme":"dark"}"#),

        RouteRule(.get, "/v1/llm-configs", .signedIn(.fine)),
        RouteRule(
            .post,
            "/v1/llm-configs",
            .signedIn(.fine),
            body: #"{"provider":"custom","api_base_url":"http://127.0.0.1:9/v1"}"#
        ),
        RouteRule(.get, "/v1/llm-configs/{id}", of: "provider", .owner(.fine)),
        RouteRule(.patch, "/v1/llm-configs/{id}", of: "provider", .owner(.fine), body: #"{"provider_name":"x"}"#),
        RouteRule(.delete, "/v1/llm-configs/{id}", of: "provider", .owner(.fine)),
        RouteRule(.post, "/v1/llm-configs/{id}/test", of: "provider", .owner(.fine), body: "{}"),

        RouteRule(.get, "/v1/models", .signedIn(.fine)),
        RouteRule(
            .post,
            "/v1/models",
            .owner(.fine, others: .refused),
            body: #"{"llm_id":"{provider}","name":"x"}"#
        ),
        RouteRule(
            .put,
            "/v1/models/default",
            .owner(.fine, others: .refused),
            body: #"{"model_id":"{model}"}"#
        ),
        RouteRule(
            .put,
            "/v1/models/fallbacks",
            .owner(.fine, others: .refused),
            body: #"{"model_ids":["{model}"]}"#
        ),
        RouteRule(.patch, "/v1/models/{id}", of: "model", .owner(.fine), body: #"{"display_name":"x"}"#),
        RouteRule(.delete, "/v1/models/{id}", of: "model", .owner(.fine)),

        RouteRule(.get, "/v1/budgets", .signedIn(.fine)),
        RouteRule(
            .post,
            "/v1/budgets",
            .signedIn(.fine),
            body: #"{"scope":"user","period":"day","amount":5}"#
        ),
        RouteRule(.patch, "/v1/budgets/{id}", of: "budget", .owner(.fine), body: #"{"amount":7}"#),
        RouteRule(.delete, "/v1/budgets/{id}", of: "budget", .owner(.fine)),
        RouteRule(.get, "/v1/usage", .signedIn(.fine), query: "?group_by=model"),

        RouteRule(.get, "/v1/agents", .signedIn(.fine)),
        RouteRule(
            .post,
            "/v1/agents",
            .signedIn(.fine),
            body: #"{"name":"made","instruction":"Be brief.","team":["coding"]}"#
        ),
        RouteRule(.get, "/v1/agents/{id}", of: "agent", .owner(.fine)),
        RouteRule(.patch, "/v1/agents/{id}", of: "agent", .owner(.fine), body: #"{"display_name":"x"}"#),
        RouteRule(.delete, "/v1/agents/{id}", of: "agent", .owner(.fine)),

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

        RouteRule(.get, "/v1/agents/{id}/tools", of: "agent", .owner(.fine)),
        RouteRule(
            .put,
            "/v1/agents/{id}/tools/{name}/policy",
            of: "agent",
            .owner(.missing),
            body: #"{"decision":"ask"}"#
        ),
        RouteRule(.get, "/v1/tool-secrets", .signedIn(.fine)),
        RouteRule(
            .post,
            "/v1/tool-secrets",
            .signedIn(.fine),
            body: #"{"name":"OTHER","value":"not-to-be-seen","hosts":["api.example.org"]}"#
        ),
        RouteRule(.delete, "/v1/tool-secrets/{id}", of: "secret", .owner(.fine)),
        RouteRule(.get, "/v1/approvals", .signedIn(.fine)),
        RouteRule(.get, "/v1/settings/approvals", .administrator(.fine)),
        RouteRule(.put, "/v1/settings/approvals", .administrator(.fine), body: #"{"expires_after":60}"#),
        RouteRule(.get, "/v1/runs/{id}/results/{call}", of: "run", .owner(.missing)),
        RouteRule(.get, "/v1/runs/{id}/requests", of: "run", .owner(.fine)),
        RouteRule(.get, "/v1/instructions", .signedIn(.fine)),
        RouteRule(.put, "/v1/instructions", .administrator(.fine), body: #"{"instance":"Be kind."}"#),
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

    private static let pages: [RouteRule] = [
        // The first account is there, so nobody sets up anything.
        RouteRule(.get, "/set-up", .everybody(.moved)),
        RouteRule(.post, "/set-up", .everybody(.missing), body: "token=x&email={newcomer}&password={password}"),
        RouteRule(.get, "/sign-in", .gate),
        RouteRule(.post, "/sign-in", .everybody(.moved), body: "email={email}&password={password}"),
        RouteRule(.post, "/sign-out", .everybody(.moved), body: ""),
        RouteRule(.get, "/register", .everybody(.fine)),
        RouteRule(.post, "/register", .everybody(.moved), body: "email={newcomer}&password=correct+horse+9"),
        RouteRule(.post, "/preferences", .everybody(.moved), body: "theme=dark&return=/agents"),

        RouteRule(.get, "/", .signedIn(.fine)),
        RouteRule(.post, "/conversations", .signedIn(.moved), body: "content=echo"),
        RouteRule(.get, "/conversations", .signedIn(.fine)),
        RouteRule(.get, "/conversations/{id}", of: "conversation", .owner(.fine)),
        RouteRule(.post, "/conversations/{id}", of: "conversation", .owner(.moved), body: "pinned=1"),
        RouteRule(.post, "/conversations/{id}/messages", of: "conversation", .owner(.moved), body: "content=echo"),
        RouteRule(.get, "/conversations/{id}/live", of: "conversation", .owner(.fine), query: "?run={run}"),
        RouteRule(.get, "/conversations/{id}/edit", of: "conversation", .owner(.fine)),
        RouteRule(.post, "/conversations/{id}/edit", of: "conversation", .owner(.moved), body: "title=x"),
        RouteRule(.get, "/conversations/{id}/deletion", of: "conversation", .owner(.fine)),
        RouteRule(.post, "/conversations/{id}/deletion", of: "conversation", .owner(.moved), body: ""),
        RouteRule(.post, "/conversations/{id}/leaf", of: "conversation", .owner(.moved), body: "message={message}"),
        RouteRule(.get, "/conversations/{id}/messages/{message}/edit", of: "conversation", .owner(.fine)),
        RouteRule(
            .post,
            "/conversations/{id}/messages/{message}/edit",
            of: "conversation",
            .owner(.moved),
            body: "content=echo"
        ),
        RouteRule(
            .post,
            "/conversations/{id}/messages/{message}/regeneration",
            of: "conversation",
            .owner(.moved),
            body: ""
        ),
        RouteRule(
            .post,
            "/conversations/{id}/messages/{message}/deletion",
            of: "conversation",
            .owner(.moved),
            body: ""
        ),
        RouteRule(
            .post,
            "/conversations/{id}/messages/{message}/restoration",
            of: "conversation",
            .owner(.missing),
            body: ""
        ),
        RouteRule(.post, "/runs/{id}/cancellation", of: "run", .owner(.moved), body: ""),
        RouteRule(.get, "/runs/{id}", of: "run", .owner(.fine)),
        RouteRule(.get, "/runs/{id}/compare/{other}", of: "run", .owner(.fine)),
        RouteRule(.get, "/runs/{id}/fork", of: "run", .owner(.fine)),
        RouteRule(.post, "/runs/{id}/fork", of: "run", .owner(.moved), body: "step=0&content=echo"),
        RouteRule(.post, "/runs/{id}/retry", of: "run", .owner(.moved), body: ""),
        RouteRule(.get, "/runs/{id}/results/{call}", of: "run", .owner(.missing)),
        RouteRule(.get, "/runs/{id}/requests", of: "run", .owner(.fine)),
        RouteRule(.post, "/runs/{id}/approvals/{call}", of: "run", .owner(.missing), body: "decision=approve"),
        RouteRule(.post, "/runs/{id}/pause", of: "run", .owner(.moved), body: ""),
        RouteRule(.post, "/runs/{id}/resume", of: "run", .owner(.moved), body: ""),
        RouteRule(
            .post,
            "/conversations/{id}/pending/{message}",
            of: "conversation",
            .owner(.moved),
            body: "action=discard"
        ),
        RouteRule(.post, "/agents/{id}/tools", of: "agent", .owner(.moved), body: ""),

        RouteRule(.get, "/providers", .signedIn(.fine)),
        RouteRule(.get, "/providers/new", .signedIn(.fine)),
        RouteRule(
            .post,
            "/providers",
            .signedIn(.moved),
            body: "kind=custom&name=x&base_url=http://127.0.0.1:9/v1"
        ),
        RouteRule(.post, "/providers/offers", .signedIn(.moved), body: "offer=builtin++builtin:"),
        RouteRule(.get, "/providers/{id}", of: "provider", .owner(.fine)),
        RouteRule(
            .post,
            "/providers/{id}",
            of: "provider",
            .owner(.moved),
            body: "name=x&base_url=http://127.0.0.1:9/v1&active=1"
        ),
        RouteRule(.post, "/providers/{id}/test", of: "provider", .owner(.moved), body: ""),
        RouteRule(.get, "/providers/{id}/deletion", of: "provider", .owner(.fine)),
        RouteRule(.post, "/providers/{id}/deletion", of: "provider", .owner(.moved), body: ""),
        RouteRule(.get, "/providers/{id}/models", of: "provider", .owner(.fine)),
        RouteRule(.post, "/providers/{id}/models", of: "provider", .owner(.moved), body: "name=x"),
        RouteRule(.post, "/models/order", .owner(.moved), body: "default={model}"),
        RouteRule(.get, "/models/{id}", of: "model", .owner(.fine)),
        RouteRule(.post, "/models/{id}", of: "model", .owner(.moved), body: "display_name=x&active=1"),
        RouteRule(.get, "/models/{id}/deletion", of: "model", .owner(.fine)),
        RouteRule(.post, "/models/{id}/deletion", of: "model", .owner(.moved), body: ""),

        RouteRule(.get, "/usage", .signedIn(.fine)),
        RouteRule(.get, "/usage/export", .signedIn(.fine)),
        RouteRule(.get, "/budgets", .signedIn(.fine)),
        RouteRule(.get, "/budgets/new", .signedIn(.fine)),
        RouteRule(
            .post,
            "/budgets",
            .owner(.moved, others: .refused),
            body: "subject=own/agent:{agent}&period=day&amount=5&currency=USD&stop_at=100"
        ),
        RouteRule(.get, "/budgets/{id}", of: "budget", .owner(.fine)),
        RouteRule(.post, "/budgets/{id}", of: "budget", .owner(.moved), body: "amount=7&stop_at=100"),
        RouteRule(.get, "/budgets/{id}/deletion", of: "budget", .owner(.fine)),
        RouteRule(.post, "/budgets/{id}/deletion", of: "budget", .owner(.moved), body: ""),

        RouteRule(.get, "/agents", .signedIn(.fine)),
        RouteRule(.get, "/agents/new", .signedIn(.fine)),
        RouteRule(
            .post,
            "/agents/new",
            .signedIn(.moved),
            body: "display_name=Made+by+form&instruction=Be+brief&active=1"
        ),
        RouteRule(.get, "/agents/{id}", of: "agent", .owner(.fine)),
        RouteRule(.get, "/agents/{id}/edit", of: "agent", .owner(.fine)),
        RouteRule(
            .post,
            "/agents/{id}/edit",
            of: "agent",
            .owner(.moved),
            body: "display_name=Own&instruction=Be+brief&active=1"
        ),
        RouteRule(.get, "/agents/{id}/deletion", of: "agent", .owner(.fine)),
        RouteRule(.post, "/agents/{id}/deletion", of: "agent", .owner(.moved), body: ""),

        RouteRule(.get, "/settings", .signedIn(.fine)),
        RouteRule(.post, "/settings/profile", .signedIn(.moved), body: "nickname=x&timezone=UTC%2B1:00&language=en"),
        RouteRule(
            .post,
            "/settings/password",
            .signedIn(.moved),
            body: "current_password={password}&new_password=another+horse+9"
        ),
        RouteRule(.post, "/settings/sessions/{id}/end", of: "session", .owner(.moved), body: ""),

        RouteRule(
            .post,
            "/settings/secrets",
            .signedIn(.moved),
            body: "secret_name=BY-FORM&secret_value=not-to-be-seen&secret_hosts=api.example.org"
        ),
        RouteRule(.post, "/settings/secrets/{id}/deletion", of: "secret", .owner(.moved), body: ""),

        RouteRule(.get, "/admin/users", .administrator(.fine)),
        RouteRule(.post, "/admin/users/{id}/approval", of: "applicant", .administrator(.moved), body: ""),
        RouteRule(.post, "/admin/registration", .administrator(.moved), body: "mode=open"),

        RouteRule(.get, "/assets/{name}", of: "asset", .everybody(.fine)),
        RouteRule(.get, "/favicon.ico", .everybody(.moved)),
    ]
}
