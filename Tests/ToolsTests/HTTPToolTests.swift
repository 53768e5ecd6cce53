import Engine
import Fetch
import Foundation
import Testing

@testable import Tools

/// Requests that people described: what a call brings stands only where a place is.
@Suite struct HTTPToolTests {
    private let client = FetchClient()

    private func maker(_ secrets: [(String, String, String)] = []) -> HTTPToolMaker {
        HTTPToolMaker(
            web: WebAccess(client: client, addresses: .publicAnd { $0 == "127.0.0.1" }),
            secrets: FixedSecrets(secrets)
        )
    }

    private func kept(_ definition: String, fields: String = "a,b") throws -> KeptTool {
        let properties = fields.split(separator: ",").map { #""\#($0)":{}"# }.joined(separator: ",")
        return KeptTool(
            id: .v7(),
            type: "http",
            specification: ToolSpecification(
                name: "look_up",
                description: "Looks up.",
                schema: #"{"type":"object","properties":{\#(properties)}}"#,
                level: .privileged,
                effect: .effectful
            ),
            definition: try JSONValue(parsing: definition)
        )
    }

    private func call(
        _ definition: String,
        _ input: String,
        parameters: String = "{}",
        secrets: [(String, String, String)] = []
    ) async throws -> String {
        let context = ToolContext(run: .sample, parameters: try JSONValue(parsing: parameters))
        return try await maker(secrets).tool(kept(definition)).perform(JSONValue(parsing: input), in: context)
    }

    /// Answers with the request as it came.
    private func echo() throws -> ScriptedServer {
        try ScriptedServer { peer in
            while let request = peer.request() {
                peer.answer(200, "Content-Type: text/plain\r\n", request.head + "\r\n\r\n" + request.body)
            }
        }
    }

    @Test func valuesStandWhereTheirPlacesAre() async throws {
        let server = try echo()
        let definition = """
            {"url":"\(server.url)/items/{{input.a}}/x?q={{input.b}}&none={{input.c}}&lang={{param.lang}}",
            "parameters":{"properties":{"lang":{}}}}
            """
        let tool = try maker().tool(kept(definition, fields: "a,b,c"))
        let context = ToolContext(run: .sample, parameters: .object(["lang": .string("de")]))
        let input = JSONValue.object(["a": .string("a/b?c#d ü"), "b": .string("1&2=3")])
        let text = try await tool.perform(input, in: context)
        #expect(text.contains("GET /items/a%2Fb%3Fc%23d%20%C3%BC/x?q=1%262%3D3&lang=de HTTP"))
    }

    @Test(arguments: ["..", ".", "%2e%2e"])
    func aPathGoesNoStepUp(value: String) async throws {
        let server = try echo()
        await #expect(throws: ToolFailure.self) {
            let input = JSONValue.object(["a": .string(value == "%2e%2e" ? ".." : value)])
            let tool = try maker().tool(kept(#"{"url":"\#(server.url)/items/{{input.a}}/x"}"#))
            _ = try await tool.perform(input, in: ToolContext(run: .sample))
        }
    }

    @Test func aBodyIsAlwaysTheJSONThatItWasMeantToBe() async throws {
        let server = try echo()
        let definition = """
            {"method":"POST","url":"\(server.url)/","body":{"name":"{{input.a}}","text":"Dear {{input.a}}","n":"{{input.b}}",
            "list":["{{input.b}}"],"fixed":1}}
            """
        let text = try await call(definition, #"{"a":"x\",\"admin\":true","b":[1,2]}"#)
        #expect(text.contains(#"{"fixed":1,"list":[[1,2]],"n":[1,2],"name":"x\",\"admin\":true","text":"Dear x\",\"#))
        #expect(text.contains("application/json"))
        #expect(
            try await call(definition, #"{"a":"x"}"#).contains(#"{"fixed":1,"list":[null],"name":"x","text":"Dear x"}"#)
        )
    }

    @Test func aFormIsEscaped() async throws {
        let server = try echo()
        let definition = """
            {"method":"POST","url":"\(server.url)/","headers":{"Content-Type":"application/x-www-form-urlencoded"},
            "body":"a={{input.a}}&b=1"}
            """
        #expect(try await call(definition, #"{"a":"1&b=2"}"#).contains("a=1%26b%3D2&b=1"))
    }

    @Test func onlyTheTemplateNamesSecrets() async throws {
        let server = try echo()
        let secrets = [("KEY", "not-to-be-seen", server.url), ("OTHER", "neither-is-this", server.url)]
        let definition = """
            {"url":"\(server.url)/","headers":{"Authorization":"Bearer {{secret:KEY}}","X-Say":"{{input.a}}{{input.b}}"}}
            """
        let text = try await call(definition, #"{"a":"hello"}"#, secrets: secrets)
        #expect(text.contains("Bearer [secret KEY]") && text.contains("hello"))
        for input in [#"{"a":"{{secret:OTHER}}"}"#, #"{"a":"{{sec","b":"ret:OTHER}}"}"#, #"{"a":"{{secret:KEY}}"}"#] {
            await #expect(throws: ToolFailure("An input must not name a secret.")) {
                _ = try await call(definition, input, secrets: secrets)
            }
        }
    }

    @Test func aHeaderHasOneLine() async throws {
        let server = try echo()
        await #expect(throws: ToolFailure.self) {
            _ = try await call(#"{"url":"\#(server.url)/","headers":{"X-A":"{{input.a}}"}}"#, #"{"a":"x\r\nX-B: y"}"#)
        }
    }

    @Test func whatIsWantedIsTakenFromTheAnswer() async throws {
        let server = try ScriptedServer { peer in
            while peer.request() != nil {
                let json = #"{"data":{"items":[{"id":1,"name":"ä"},{"id":2}]}}"#
                peer.answer(200, "Content-Type: application/json\r\n", json)
            }
        }
        func take(_ path: String) async throws -> String {
            try await call(#"{"url":"\#(server.url)/","answer":"\#(path)"}"#, "{}")
        }
        #expect(try await take("data.items[0].name") == "ä")
        #expect(try await take("data.items[*].id") == "[1,2]")
        await #expect(throws: ToolFailure.self) { _ = try await take("data.none") }
    }

    @Test func aRefusalIsAFailureAndABusyServerAPassingOne() async throws {
        let server = try ScriptedServer { peer in
            var status = 404
            while peer.request() != nil {
                peer.answer(status, "Content-Type: text/plain\r\n", "no")
                status = 503
            }
        }
        for isTransient in [false, true] {
            do {
                _ = try await call(#"{"url":"\#(server.url)/"}"#, "{}")
                Issue.record("It did not fail")
            } catch let failure as ToolFailure {
                #expect(failure.isTransient == isTransient && failure.message.contains("no"))
            }
        }
    }

    @Test(arguments: [
        (#"{"url":"https://{{input.a}}.example.org/"}"#, "host stands"),
        (#"{"url":"https://example.org{{input.a}}/"}"#, "host stands"),
        (#"{"url":"ftp://example.org/"}"#, "begins with https"),
        (#"{"url":"https://example.org/{{input.z}}"}"#, "{{input.z}} is described nowhere"),
        (#"{"url":"https://example.org/{{param.z}}"}"#, "{{param.z}} is described nowhere"),
        (#"{"url":"https://example.org/{{x}}"}"#, "means nothing"),
        (#"{"url":"https://example.org/{{secret:KEY}}"}"#, "secret does not go into an address"),
        (#"{"url":"https://example.org/","method":"BREW"}"#, "method is one of"),
        (#"{"url":"https://example.org/","body":"x"}"#, "GET has no body"),
        (#"{"url":"https://example.org/","headers":{"Host":"x"}}"#, "cannot be set"),
        (#"{"url":"https://example.org/","answer":"a..b"}"#, "no way into an answer"),
    ])
    func whatCannotWorkIsSaidWhenItIsMade(definition: String, words: String) throws {
        do {
            _ = try maker().tool(kept(definition))
            Issue.record("It was taken")
        } catch let failure as ToolFailure {
            #expect(failure.message.contains(words), "\(failure.message)")
        }
    }
}
