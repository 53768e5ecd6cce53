import Engine
import HTTPTypes

// Of the API: people and what they bring: sign-in, organisations, models, money, administration.

extension RouteMatrix {
    static let accounts: [RouteRule] = [
        RouteRule(.get, "/healthz", .everybody(.fine)),
        RouteRule(.get, "/openapi.json", .everybody(.fine)),
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
        // The link was never made, and the server of these tests sends no mail.
        RouteRule(
            .post,
            "/v1/password/reset",
            .everybody(.refused),
            body: #"{"token":"x","new_password":"another horse 9"}"#
        ),
        RouteRule(.post, "/v1/password/forgot", .everybody(.forbidden), body: #"{"email":"{email}"}"#),
        RouteRule(.post, "/v1/email-verification", .everybody(.forbidden), body: #"{"email":"{email}"}"#),
        RouteRule(
            .post,
            "/v1/email-verification/confirmation",
            .everybody(.refused),
            body: #"{"token":"x","password":"y"}"#
        ),
        RouteRule(.get, "/v1/settings/registration", .administrator(.fine, .systemRead)),
        RouteRule(.put, "/v1/settings/registration", .administrator(.fine), body: #"{"mode":"approval"}"#),
        RouteRule(.get, "/v1/users/me", .signedIn(.fine)),
        RouteRule(.put, "/v1/users/me", .signedIn(.fine), body: #"{"nickname":"x"}"#),
        RouteRule(.get, "/v1/users/me/preferences", .signedIn(.fine)),
        RouteRule(.patch, "/v1/users/me/preferences", .signedIn(.fine), body: #"{"theme":"dark"}"#),
        RouteRule(.get, "/v1/users", .administrator(.fine, .userRead)),
        RouteRule(.post, "/v1/users", .administrator(.fine, .userCreate), body: #"{"email":"{newcomer}"}"#),
        RouteRule(.get, "/v1/users/{id}", of: "user", .ownerAndAdministrator(.fine, .userRead)),
        RouteRule(.get, "/v1/users/{id}/conversations", of: "user", .owner(.fine)),
        RouteRule(.put, "/v1/users/{id}", of: "user", .administrator(.fine, .userUpdate), body: #"{"nickname":"x"}"#),
        RouteRule(.delete, "/v1/users/{id}", of: "applicant", .administrator(.fine, .userDelete)),
        RouteRule(.post, "/v1/users/{id}/password-links", of: "user", .administrator(.fine, .userUpdate), body: "{}"),
        RouteRule(.get, "/v1/roles", .signedIn(.fine)),
        RouteRule(.get, "/v1/organizations", .signedIn(.fine)),
        RouteRule(.post, "/v1/organizations", .signedIn(.fine), body: #"{"name":"x"}"#),
        RouteRule(.get, "/v1/organizations/{id}", of: "team", .ownerAndAdministrator(.fine, .organizationRead)),
        RouteRule(
            .patch,
            "/v1/organizations/{id}",
            of: "team",
            .ownerAndAdministrator(.fine, .organizationUpdate),
            body: #"{"name":"x"}"#
        ),
        // The administrator was there first.
        RouteRule(.delete, "/v1/organizations/{id}", of: "team", .owner(.missing).administered(.fine)),
        RouteRule(.post, "/v1/organizations/{id}/restoration", of: "closed", .administrator(.fine)),
        RouteRule(.get, "/v1/organizations/{id}/members", of: "team", .ownerAndAdministrator(.fine, .organizationRead)),
        RouteRule(
            .get,
            "/v1/organizations/{id}/members/{user}",
            of: "team",
            .ownerAndAdministrator(.fine, .organizationRead)
        ),
        RouteRule(
            .post,
            "/v1/organizations/{id}/members",
            of: "team",
            .administrator(.fine, .memberInvite),
            body: #"{"user_id":"{applicant}"}"#
        ),
        RouteRule(
            .patch,
            "/v1/organizations/{id}/members/{user}",
            of: "team",
            .ownerAndAdministrator(.fine, .memberUpdate),
            body: #"{"role":"owner"}"#
        ),
        // The last owner.
        RouteRule(
            .delete,
            "/v1/organizations/{id}/members/{user}",
            of: "team",
            .ownerAndAdministrator(.refused, .memberRemove)
        ),
        RouteRule(.get, "/v1/organizations/{id}/invitations", of: "team", .ownerAndAdministrator(.fine, .memberInvite)),
        RouteRule(
            .post,
            "/v1/organizations/{id}/invitations",
            of: "team",
            .ownerAndAdministrator(.fine, .memberInvite),
            body: "{}"
        ),
        RouteRule(
            .delete,
            "/v1/organizations/{id}/invitations/{invitation}",
            of: "team",
            .owner(.missing)
        ),
        RouteRule(.post, "/v1/invitations/acceptance", .signedIn(.refused), body: #"{"token":"x"}"#),
        RouteRule(.get, "/v1/users/me/sessions", .signedIn(.fine)),
        RouteRule(.delete, "/v1/users/me/sessions", .signedIn(.fine)),
        RouteRule(.delete, "/v1/users/me/sessions/{session}", .owner(.fine)),
        RouteRule(.get, "/v1/users/{id}/sessions", of: "user", .administrator(.fine, .userRead)),
        RouteRule(.delete, "/v1/users/{id}/sessions", of: "suspended", .administrator(.missing, .userUpdate)),
        RouteRule(.delete, "/v1/users/{id}/sessions/{session}", of: "user", .administrator(.fine, .userUpdate)),
        RouteRule(.get, "/v1/users/{id}/api-keys", of: "user", .administrator(.fine, .userRead)),
        RouteRule(.delete, "/v1/users/{id}/api-keys/{key}", of: "user", .administrator(.fine, .userUpdate)),
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
        RouteRule(.get, "/v1/models/{id}", of: "model", .owner(.fine)),
        RouteRule(.patch, "/v1/models/{id}", of: "model", .owner(.fine), body: #"{"display_name":"x"}"#),
        RouteRule(.delete, "/v1/models/{id}", of: "model", .owner(.fine)),
        RouteRule(.get, "/v1/budgets", .signedIn(.fine)),
        RouteRule(
            .post,
            "/v1/budgets",
            .signedIn(.fine),
            body: #"{"scope":"user","period":"day","amount":5}"#
        ),
        RouteRule(.get, "/v1/budgets/{id}", of: "budget", .owner(.fine)),
        RouteRule(.patch, "/v1/budgets/{id}", of: "budget", .owner(.fine), body: #"{"amount":7}"#),
        RouteRule(.delete, "/v1/budgets/{id}", of: "budget", .owner(.fine)),
        RouteRule(.get, "/v1/usage", .signedIn(.fine), query: "?group_by=model"),
        RouteRule(.get, "/v1/admin/usage", .administrator(.fine, .usageRead)),
        RouteRule(.get, "/v1/models/defaults", .signedIn(.fine)),
        RouteRule(.patch, "/v1/models/defaults", .signedIn(.fine), body: #"{"writing":null}"#),
        RouteRule(.get, "/v1/audit/events", .signedIn(.fine)),
        RouteRule(.get, "/v1/api-keys", .signedIn(.fine)),
        RouteRule(.post, "/v1/api-keys", .signedIn(.fine), body: #"{"name":"x"}"#),
        RouteRule(.get, "/v1/api-keys/{id}", of: "key", .owner(.fine)),
        RouteRule(.delete, "/v1/api-keys/{id}", of: "key", .owner(.fine)),
        RouteRule(.get, "/v1/admin/settings", .administrator(.fine)),
        RouteRule(.patch, "/v1/admin/settings", .administrator(.fine), body: #"{"registration":"closed"}"#),
        RouteRule(.get, "/v1/admin/retention", .administrator(.fine)),
        RouteRule(.get, "/v1/admin/backups", .administrator(.fine)),
        // Nothing is kept where the tests run.
        RouteRule(.post, "/v1/admin/backups", .administrator(.refused), body: "{}"),
        RouteRule(.get, "/v1/admin/backups/{name}/content", of: "user", .administrator(.missing)),
        RouteRule(.delete, "/v1/admin/backups/{name}", of: "user", .administrator(.missing)),
        RouteRule(.get, "/v1/admin/health", .administrator(.fine, .systemRead)),
        // The server of these tests sends no mail.
        RouteRule(.post, "/v1/admin/mail/tests", .administrator(.forbidden)),
        RouteRule(.get, "/v1/admin/runs", .administrator(.fine, .runRead)),
        RouteRule(.post, "/v1/admin/runs/{id}/cancellation", of: "run", .administrator(.fine, .runCancel), body: "{}"),
    ]
}
