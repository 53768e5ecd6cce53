import Foundation
import HTTPTypes
import Testing

/// Stopping a run leads back to where it was stopped, and never to another site.
@Suite(.timeLimit(.minutes(10))) struct RunListPageTests {
    @Test func aStopLeadsBackToItsList() async throws {
        try await TestServer.run { caller in
            let ada = Visitor(caller)
            try await ada.register("ada")
            try await ada.addModel()
            let talk = try await ada.start("ask")
            let live = try await ada.get("/runs?state=live")
            let stop = String(try #require(live.text.firstMatch(of: /action="(\/runs\/[0-9a-f-]+\/cancellation)"/)).1)
            let back = String(try #require(live.text.firstMatch(of: /name="return" value="([^"]+)"/)).1)
            let stopped = try await ada.submit(stop, [("return", back)])
            #expect(stopped.status == 303 && stopped.headers[.location] == "/runs?state=live&done=stopping")
            for elsewhere in ["//evil.example/runs", "https://evil.example/runs", "/runsaway", "/\\runs", ""] {
                let answer = try await ada.submit(stop, [("return", elsewhere)])
                #expect(answer.status == 303 && answer.headers[.location] == "\(talk)#end", "\(elsewhere)")
            }
        }
    }
}
