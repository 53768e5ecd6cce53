import Engine
import Foundation
import Testing

@testable import Web

/// What is said in streams and on sockets is what the document has, and the codes of errors are those that it lists.
@Suite struct DocumentedRecordTests {
    @Test func theCodesOfErrorsAreListed() async throws {
        try await TestServer.runSite { site in
            let schemas = try await Contract.of(site.client).document["components"]?["schemas"]
            let codes = schemas?["ErrorCode"]?["enum"]?.array?.compactMap(\.string) ?? []
            #expect(Set(codes).count == codes.count)
            let some = [
                "VALIDATION_ERROR", "MODEL_TIMEOUT", "MODEL_EMPTY_ANSWER", "BUDGET_EXCEEDED", "RUN_FAILED", "MCP_OFF",
            ]
            for code in some { #expect(codes.contains(code), "\(code)") }
            let failure = schemas?["Failure"]?["properties"]?["error"]?["properties"]?["code"]
            #expect(failure?["$ref"]?.string == "#/components/schemas/ErrorCode")
        }
    }

    /// All kinds of events have a form of their own.
    @Test func everyKindOfRecordIsDescribed() async throws {
        try await TestServer.runSite { site in
            let contract = try await Contract.of(site.client)
            let schemas = contract.document["components"]?["schemas"]
            let forms = schemas?["RunRecord"]?["anyOf"]?.array ?? []
            let kinds = forms.compactMap { reference -> String? in
                let name = reference["$ref"]?.string?.split(separator: "/").last.map(String.init) ?? ""
                return schemas?[name]?["properties"]?["type"]?["enum"]?.array?.first?.string
            }
            #expect(kinds.sorted() == RunEvent.Kind.allCases.map(\.rawValue).sorted())
            let other = #"{"type":"usage","data":{"more":1},"timestamp":"2026-11-21T10:00:00.000Z"}"#
            #expect(try contract.violations(JSONValue(parsing: other), ofComponent: "RunRecord").isEmpty == false)
        }
    }

    @Test func whatASocketSaysIsDeclared() async throws {
        try await TestServer.runSite { site in
            let contract = try await Contract.of(site.client)
            let handshake = contract.document["paths"]?["/v1/ws/chat/{id}"]?["get"]?["responses"]?["101"]?["x-socket"]
            #expect(handshake?["client"]?["$ref"]?.string == "#/components/schemas/SocketMessage")
            #expect(handshake?["server"]?["$ref"]?.string == "#/components/schemas/SocketRecord")
            let ada = try await Caller(client: site.client).newcomer("ada")
            try await ada.addModel()
            try await TestSocket.run(site, as: ada) { socket in
                func heard(until type: String) async throws {
                    while true {
                        let text = try await socket.hear(.text).text
                        let record = try JSONValue(parsing: text)
                        #expect(try contract.violations(record, ofComponent: "SocketRecord") == [], "\(text)")
                        if record["type"]?.string == type { return }
                    }
                }
                func say(_ text: String) async throws {
                    let message = try JSONValue(parsing: text)
                    #expect(try contract.violations(message, ofComponent: "SocketMessage") == [], "\(text)")
                    try await socket.send(.text(text))
                }
                try await heard(until: "connection_status")
                try await say(#"{"type":"ping"}"#)
                try await heard(until: "pong")
                let hello = #"{"type":"user_message","data":{"content":"echo hello","message_id":"m1"}}"#
                try await say(hello)
                try await heard(until: "message_complete")
                try await say(hello)
                try await heard(until: "message_received")
                let nobody = UUID().uuidString.lowercased()
                try await say(#"{"type":"cancel","data":{"run_id":"\#(nobody)"}}"#)
                try await heard(until: "error")
            }
        }
    }
}
