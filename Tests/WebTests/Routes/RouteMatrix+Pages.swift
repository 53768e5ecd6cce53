import HTTPTypes

// The pages, for browsers.

extension RouteMatrix {
    static let pages: [RouteRule] = [
        // The first account is there, so nobody sets up anything.
        RouteRule(.get, "/set-up", .everybody(.moved)),
        RouteRule(.post, "/set-up", .everybody(.missing), body: "token=x&email={newcomer}&password={password}"),
        RouteRule(.get, "/sign-in", .gate),
        RouteRule(.post, "/sign-in", .everybody(.moved), body: "email={email}&password={password}"),
        RouteRule(.post, "/sign-out", .everybody(.moved), body: ""),
        RouteRule(.get, "/register", .everybody(.fine)),
        RouteRule(.post, "/register", .everybody(.moved), body: "email={newcomer}&password=correct+horse+9"),
        RouteRule(.get, "/password/forgot", .everybody(.fine)),
        // The server of these tests sends no mail; a link without a token opens nothing.
        RouteRule(.post, "/password/forgot", .everybody(.forbidden), body: "email={email}"),
        RouteRule(.get, "/password/reset", .everybody(.refused), query: "?token=x"),
        RouteRule(.post, "/password/reset", .everybody(.refused), body: "token=x&new_password=another+horse+9"),
        RouteRule(.get, "/verification", .everybody(.fine), query: "?token=x"),
        RouteRule(.post, "/verification", .everybody(.refused), body: "token=x"),
        RouteRule(.post, "/verification/mail", .everybody(.forbidden), body: "email={email}"),
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
        RouteRule(.get, "/conversations/{id}/files", of: "conversation", .owner(.fine)),
        RouteRule(.post, "/conversations/{id}/files", of: "conversation", .owner(.moved), body: "file={file}"),
        RouteRule(.get, "/conversations/{id}/workspace/file", of: "conversation", .owner(.missing), query: "?path=x"),
        RouteRule(.get, "/conversations/{id}/workspace/archive", of: "conversation", .owner(.fine)),
        RouteRule(.get, "/conversations/{id}/files/{file}", of: "conversation", .owner(.fine)),
        RouteRule(.get, "/conversations/{id}/files/{file}/picture", of: "conversation", .owner(.fine)),
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
        RouteRule(.post, "/agents/{id}/network", of: "agent", .owner(.moved), body: "hosts=example.org"),
        RouteRule(.get, "/docs", .everybody(.fine)),
        RouteRule(.get, "/redoc", .everybody(.moved)),
        RouteRule(.get, "/docs/{chapter}", .everybody(.fine)),
        RouteRule(.get, "/docs/calls/{operation}", .signedIn(.fine)),
        RouteRule(.post, "/docs/calls/{operation}", .signedIn(.fine), body: ""),
        RouteRule(.post, "/announcement/dismissal", .everybody(.moved), body: "id=1"),
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
        // It has no versions.
        RouteRule(.get, "/agents/{id}/versions/{version}", of: "agent", .owner(.missing)),
        RouteRule(.post, "/agents/{id}/versions/{version}/restoration", of: "agent", .owner(.missing), body: ""),
        RouteRule(.get, "/agents/{id}/export", of: "agent", .owner(.fine)),
        RouteRule(
            .post,
            "/agents/{id}/trial",
            of: "agent",
            .owner(.moved),
            body: "display_name=Own&instruction=Be+brief&active=1&trial=echo"
        ),
        RouteRule(
            .post,
            "/agents/{id}/trial/cancellation",
            of: "agent",
            .owner(.fine),
            body: "display_name=Own&instruction=Be+brief&active=1"
        ),
        // Nothing was said.
        RouteRule(.post, "/agents/{id}/trial/deletion", of: "agent", .owner(.missing), body: ""),
        RouteRule(.get, "/agents/import", .signedIn(.fine)),
        RouteRule(.post, "/agents/import", .signedIn(.refused), body: ""),
        RouteRule(.get, "/agents/{id}/deletion", of: "agent", .owner(.fine)),
        RouteRule(.post, "/agents/{id}/deletion", of: "agent", .owner(.moved), body: ""),
        RouteRule(.get, "/tools", .signedIn(.fine)),
        RouteRule(.get, "/tools/new", .signedIn(.fine)),
        RouteRule(
            .post,
            "/tools/new",
            .signedIn(.moved),
            body:
                "kind=script&name=formed&description=x&schema=%7B%22type%22%3A%22object%22%7D&time_limit=5&language=shell&code=cat"
        ),
        RouteRule(.post, "/tools/making", .signedIn(.moved), body: "members=1"),
        RouteRule(.get, "/tools/{id}/edit", of: "own", .owner(.fine)),
        RouteRule(
            .post,
            "/tools/{id}/edit",
            of: "own",
            .owner(.moved),
            body:
                "kind=script&name=formed&description=x&schema=%7B%22type%22%3A%22object%22%7D&time_limit=5&language=shell&code=cat"
        ),
        RouteRule(.post, "/tools/{id}/test", of: "own", .owner(.fine), body: "input=%7B%7D"),
        RouteRule(.get, "/tools/{id}/versions/{version}", of: "own", .owner(.fine)),
        RouteRule(.post, "/tools/{id}/versions/{version}/restoration", of: "own", .owner(.moved), body: "version=1"),
        RouteRule(.get, "/tools/{id}/deletion", of: "own", .owner(.fine)),
        RouteRule(.post, "/tools/{id}/deletion", of: "own", .owner(.moved), body: ""),
        RouteRule(.get, "/tools/{id}", of: "tool", .signedIn(.fine)),
        RouteRule(.post, "/tools/policies", .signedIn(.moved), body: "level.privileged=deny"),
        RouteRule(.post, "/tools/own-policies", .signedIn(.moved), body: "own.privileged=ask"),
        RouteRule(.post, "/tools/rules", .signedIn(.moved), body: "about=level:privileged&decision=ask"),
        RouteRule(.post, "/tools/{id}/policy", of: "tool", .signedIn(.moved), body: "decision=ask"),
        RouteRule(.get, "/skills", .signedIn(.fine)),
        RouteRule(.get, "/skills/new", .signedIn(.fine)),
        RouteRule(
            .post,
            "/skills/new",
            .signedIn(.moved),
            body: "skill_md=---%0Aname%3A+formed%0Adescription%3A+x%0A---%0ADo+it."
        ),
        RouteRule(.get, "/skills/{id}", of: "skill", .owner(.fine)),
        RouteRule(
            .post,
            "/skills/{id}",
            of: "skill",
            .owner(.moved),
            body: "skill_md=---%0Aname%3A+other%0Adescription%3A+x%0A---%0ADo+it."
        ),
        RouteRule(.post, "/skills/upload", .signedIn(.refused), body: ""),
        RouteRule(.get, "/skills/{id}/archive", of: "skill", .owner(.fine)),
        RouteRule(.post, "/skills/{id}/archive", of: "skill", .owner(.refused), body: ""),
        RouteRule(.get, "/skills/{id}/versions/{version}", of: "skill", .owner(.fine)),
        RouteRule(.post, "/skills/{id}/versions/{version}/restoration", of: "skill", .owner(.moved), body: "version=2"),
        RouteRule(.post, "/agents/{id}/skills", of: "agent", .owner(.moved), body: "skill=own"),
        RouteRule(.post, "/skills/{id}/files", of: "skill", .owner(.moved), body: "path=b.txt&content=b"),
        RouteRule(.post, "/skills/{id}/files/deletion", of: "skill", .owner(.moved), body: "path=a.txt"),
        RouteRule(.get, "/skills/{id}/deletion", of: "skill", .owner(.fine)),
        RouteRule(.post, "/skills/{id}/deletion", of: "skill", .owner(.moved), body: ""),
        RouteRule(.get, "/assets/{name}", of: "asset", .everybody(.fine)),
        RouteRule(.get, "/favicon.ico", .everybody(.moved)),
    ]
}
