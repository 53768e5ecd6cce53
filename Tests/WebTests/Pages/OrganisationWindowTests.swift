import Foundation
import Testing

/// A browser works in one organisation at a time; its windows may still show another.
@Suite(.timeLimit(.minutes(10))) struct OrganisationWindowTests {
    private static let agent = [("display_name", "Scribe"), ("instruction", "Write it down."), ("active", "1")]

    /// Somebody who has gone to another organisation, and left a window open in their own.
    private struct Commuter {
        let visitor: Visitor
        /// What the forms of that window carry.
        let left: String
        /// The addresses of the organisations.
        let home: String
        let team: String

        init(_ caller: Caller) async throws {
            let visitor = Visitor(caller)
            try await visitor.register("ada")
            try await visitor.get("/organisations")
            try await visitor.post("/organisations", [("name", "Harbour")])
            let team = String(visitor.address.prefix { $0 != "?" })
            try await visitor.get("/agents/new")
            left = visitor.proof
            let list = try await visitor.post("\(team)/entry")
            home = String(try #require(list.text.firstMatch(of: /action="(\/organisations\/[0-9a-f-]+)\/entry"/)).1)
            (self.visitor, self.team) = (visitor, team)
        }
    }

    @Test func aFormOfAnotherOrganisationsPageDoesNothing() async throws {
        try await TestServer.run { caller in
            let ada = try await Commuter(caller)
            let message = [("content", "echo astray"), ("key", UUID().uuidString)]
            let provider = [("kind", "custom"), ("name", "Astray"), ("base_url", "http://127.0.0.1:9/v1")]
            for (path, fields) in [("/agents/new", Self.agent), ("/conversations", message), ("/providers", provider)] {
                let refused = try await ada.visitor.submit(path, fields, proof: ada.left)
                #expect(refused.status == 409, "\(path): \(refused.status)")
                #expect(refused.text.contains("<h1>This page belongs to another organisation</h1>"), "\(path)")
                #expect(refused.text.contains(#"href="/organisations""#), "the way back")
            }
            let files = [(name: "ships.txt", bytes: Array("two".utf8))]
            let refused = try await ada.visitor.submitFiles("/conversations", message, files, proof: ada.left)
            #expect(refused.status == 409 && refused.text.contains("This page belongs to another organisation"))
            for organisation in [ada.team, ada.home] {
                try await ada.visitor.post("\(organisation)/entry")
                #expect(try await !ada.visitor.get("/agents").text.contains("Scribe"))
                #expect(try await !ada.visitor.get("/providers").text.contains("Astray"))
                #expect(try await !ada.visitor.get("/conversations").text.contains(#"href="/conversations/"#))
            }
        }
    }

    @Test func itDoesWhatItSaysOnceTheBrowserIsThereAgain() async throws {
        try await TestServer.run { caller in
            let ada = try await Commuter(caller)
            let back = try await ada.visitor.submit("\(ada.home)/entry", proof: ada.left)
            #expect(back.status == 303, "the way back is open from the window itself")
            #expect(try await ada.visitor.submit("/agents/new", Self.agent, proof: ada.left).status == 303)
            #expect(try await ada.visitor.get("/agents").text.contains("Scribe"))
            try await ada.visitor.post("\(ada.team)/entry")
            #expect(try await !ada.visitor.get("/agents").text.contains("Scribe"))
        }
    }

    @Test func whatIsTheSameEverywhereIsDoneFromThereToo() async throws {
        try await TestServer.run { caller in
            let ada = try await Commuter(caller)
            let foreign = "0" + ada.left.dropFirst(2)
            #expect(try await ada.visitor.submit("/preferences", [("theme", "dark")], proof: foreign).status == 403)
            #expect(try await ada.visitor.submit("/preferences", [("theme", "dark")], proof: ada.left).status == 303)
            let renamed = try await ada.visitor.submit(ada.team, [("name", "Port")], proof: ada.left)
            #expect(renamed.status == 303, "its address says which organisation")
            #expect(try await ada.visitor.submit("/sign-out", proof: ada.left).status == 303)
            #expect(try await ada.visitor.look("/agents").status == 303, "signed out")
        }
    }
}
