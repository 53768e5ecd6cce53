import Foundation
import HTTPTypes
import Storage
import Testing

/// Who gets what from which route: the rules are one list, the router's routes are the other, and they are the same.
@Suite struct RouteInventoryTests {
    @Test func everyRouteIsInTheMatrixAndNothingElse() async throws {
        try await TestServer.runSite { site in
            let rules = RouteMatrix.all.map(\.name)
            #expect(Set(site.routes).subtracting(rules).sorted() == [], "routes without a rule")
            #expect(Set(rules).subtracting(site.routes).sorted() == [], "rules without a route")
            #expect(Set(rules).count == rules.count, "two rules for one route")
        }
    }

    @Test(arguments: RouteMatrix.all.filter { $0.method != .get })
    func everybodyGetsWhatTheMatrixSays(_ rule: RouteRule) async throws {
        try await RouteWorld.run { try await expectAsTheMatrixSays(rule, in: $0) }
    }

    /// In one world: to look changes nothing.
    @Test func everybodySeesWhatTheMatrixSays() async throws {
        try await RouteWorld.run { world in
            for rule in RouteMatrix.all where rule.method == .get { try await expectAsTheMatrixSays(rule, in: world) }
        }
    }

    private func expectAsTheMatrixSays(_ rule: RouteRule, in world: RouteWorld) async throws {
        let access = rule.access
        // The member comes last, because what they may do can destroy what the others ask for.
        for (caller, expected) in [
            (RouteCaller.anonymous, access.anonymous), (world.revoked, access.revoked),
            (world.suspended, access.suspended), (world.stranger, access.stranger),
            (world.superuser, access.superuser), (world.member, access.member),
        ] {
            let isAct = rule.isAdministrativeAct && caller.name == world.superuser.name
            let before = isAct ? try await world.acts() : []
            let answer = try await world.answer(rule, to: caller)
            let got = "\(rule.name): \(caller.name) got \(answer.status): \(answer.text.prefix(200))"
            #expect(Outcome(answer) == expected, "\(got)")
            if isAct { try await world.expectWritten(since: before) }
        }
    }

    /// A key opens what it was made for, and everything else is closed to it. Others' things are named, so that what is open
    /// does no harm to the next; whether that is found is not asked here.
    @Test func everyKeyOpensWhatTheMatrixSays() async throws {
        try await RouteWorld.run { world in
            for rule in RouteMatrix.api {
                guard let opening = rule.openingScopes else { continue }
                for scope in APIKey.Scope.allCases {
                    // What an administrator's key opens would change the others' accounts.
                    if scope == .admin, opening.contains(.admin) { continue }
                    let caller = try #require(world.keys[scope])
                    let answer = try await world.answer(rule, to: caller)
                    let isOpen = ![.forbidden, .unauthorised].contains(Outcome(answer))
                    let known = "\(rule.name): \(caller.name) got \(answer.status) \(answer.text.prefix(200))"
                    #expect(isOpen == opening.contains(scope), "\(known)")
                }
            }
        }
    }

    /// An administrator's key opens what is an administrator's, and another key of theirs does not.
    @Test func administrationTakesAKeyForIt() async throws {
        try await RouteWorld.run { world in
            for rule in RouteMatrix.api where rule.openingScopes == [.admin] && rule.method == .get {
                let answer = try await world.answer(rule, to: try #require(world.keys[.admin]))
                #expect(Outcome(answer) == rule.access.superuser, "\(rule.name) got \(answer.status)")
            }
        }
    }

    /// A body may name other people's things as well as a path: 404 or 422, and nothing is done.
    @Test func anothersThingsInABodyAreNotThere() async throws {
        try await RouteWorld.run { world in
            let program = Caller(client: world.site.client, token: world.stranger.token)
            try await program.addModel()
            let own = try await program.newConversation()
            let model = try await program.get("/v1/models").string("data.0.model_id") ?? ""
            let requests: [(HTTPRequest.Method, String, String)] = [
                (.post, "/v1/conversations/\(own)/messages", #"{"content":"x","agent_id":"{agent}"}"#),
                (.post, "/v1/conversations/\(own)/messages", #"{"content":"x","model_id":"{model}"}"#),
                (.post, "/v1/conversations/{conversation}/messages", #"{"content":"x","model_id":"\#(model)"}"#),
                (.post, "/v1/models", #"{"llm_id":"{provider}","name":"x"}"#),
                (.put, "/v1/models/default", #"{"model_id":"{model}"}"#),
                (.put, "/v1/models/fallbacks", #"{"model_ids":["\#(model)","{model}"]}"#),
                (.post, "/v1/budgets", #"{"scope":"agent","agent_id":"{agent}","period":"day","amount":1}"#),
                (.post, "/v1/budgets", #"{"scope":"user","user_id":"{user}","period":"day","amount":1}"#),
                (
                    .post, "/v1/budgets",
                    #"{"scope":"conversation","conversation_id":"{conversation}","period":"day","amount":1}"#
                ),
                (.post, "/conversations", "content=x&agent_id={agent}"),
                (.post, "/conversations", "content=x&model_id={model}"),
                (.post, "/conversations/\(own)/messages", "content=x&agent_id={agent}"),
                (.post, "/conversations/\(own)/messages", "content=x&model_id={model}"),
                (.get, "/conversations/\(own)/live?run={run}", ""),
                (.put, "/v1/conversations/\(own)/leaf", #"{"message_id":"{message}"}"#),
                (.post, "/v1/conversations/\(own)/messages/{message}/edits", #"{"content":"x"}"#),
                (.post, "/v1/conversations/\(own)/messages/{message}/regenerations", "{}"),
                (.delete, "/v1/conversations/\(own)/messages/{message}", ""),
                (.post, "/conversations/\(own)/leaf", "message={message}"),
                (.post, "/conversations/\(own)/messages/{message}/deletion", ""),
                (.post, "/models/order", "default={model}"),
                (.post, "/models/order", "default=\(model)&fallback1={model}"),
            ]
            for (method, path, body) in requests {
                let answer = try await world.answer(method, path, body: body, to: world.stranger)
                #expect([404, 422].contains(answer.status), "\(method) \(path) \(body) got \(answer.status)")
            }
            #expect(try await program.get("/v1/conversations").count("data") == 1)
            #expect(try await program.get("/v1/conversations/\(own)/messages").count("data") == 0)
            #expect(try await program.get("/v1/models").count("data") == 1)
        }
    }

    /// Owner, organisation, conversation and parent are the server's to say: a body that names them changes nothing.
    @Test func whoseSomethingIsDoesNotComeFromTheBody() async throws {
        try await RouteWorld.run { world in
            let program = Caller(client: world.site.client, token: world.stranger.token)
            try await program.addModel()
            let foreign =
                #""user_id":"{user}","org_id":"{organisation}","organization_id":"{organisation}","#
                + #""conversation_id":"{conversation}","parent_message_id":"{message}","run_id":"{run}""#
            let made = try await world.answer(.post, "/v1/conversations", body: "{\(foreign)}", to: world.stranger)
            let own = try #require(made.string("data.conversation_id"))
            #expect(own != world.things["conversation"])
            let path = "/v1/conversations/\(own)/messages"
            let body = #"{"content":"echo mine",\#(foreign)}"#
            let said = try await world.answer(.post, path, body: body, to: world.stranger)
            #expect(said.string("data.conversation_id") == own)
            let messages = try await program.get(path)
            #expect(messages.count("data") == 2 && messages.string("data.0.parent_message_id") == nil)
            let member = Caller(client: world.site.client, token: world.member.token)
            let theirs = try await member.get("/v1/conversations/\(world.things["conversation"] ?? "")/messages")
            #expect(theirs.count("data") == 2 && !theirs.text.contains("echo mine"))
            #expect(try await member.get("/v1/conversations").count("data") == 1)
        }
    }
}
