import Engine
import Foundation
import Storage
import Testing

@testable import Web

/// What is said on a socket is counted with what is asked otherwise.
@Suite struct SocketLimitTests {
    private static let cancel = #"{"type":"cancel"}"#

    @Test func whatIsSaidCountsAmongThePersonsRequests() async throws {
        try await TestServer.runSite(rateLimits: RateLimits(perUser: 5)) { site in
            let ada = try await Caller(client: site.client).newcomer("ada")
            try await TestSocket.run(site, as: ada) { socket in
                #expect(try await socket.hear(.text).text.contains("connection_status"))
                var told: [String] = []
                for _ in 0..<30 {
                    try await socket.send(.text(Self.cancel))
                    told.append(try await socket.hear(.text).text)
                }
                #expect(told.first?.contains(#""error_code":"NOT_FOUND""#) == true, "nothing is under way")
                let refused = told.filter { $0.contains(#""error_code":"RATE_LIMITED""#) }
                // More than there may be mistakes: to be told to wait is none.
                #expect(refused.count > 20, "\(told)")
                #expect(refused.allSatisfy { $0.contains(/"retry_after":[1-9]/) })
                try await socket.send(.text(#"{"type":"ping"}"#))
                #expect(try await socket.hear(.text).text.contains(#""type":"pong""#), "a sign of life is for nothing")
                #expect(socket.isOpen)
            }
            var statuses: Set<Int> = []
            for _ in 0..<6 { statuses.insert(try await ada.get("/v1/users/me").status) }
            #expect(statuses.contains(429))
        }
    }

    @Test func whatAKeySaysCountsAgainstTheKey() async throws {
        try await TestServer.runSite(rateLimits: RateLimits(perUser: 100, perKey: 1)) { site in
            let ada = try await site.store.register(
                email: "ada@example.com",
                password: Secret("correct horse 9"),
                nickname: "ada",
                language: "en",
                status: .active
            )
            let made = try await site.store.createAPIKey(name: "x", scopes: [.chat], days: nil, by: ada.principal)
            let talk = try await site.store.createConversation(title: nil, by: ada.principal)
            let identity = Identity(user: ada, principal: ada.principal, key: made.key)
            let desk = SocketDesk(services: site.services, identity: identity, conversation: talk.id)
            await #expect(throws: WebError(.notFound, "Nothing is under way in this conversation.")) {
                try await desk.answers(to: SocketMessage(Self.cancel))
            }
            let refusal = await #expect(throws: WebError.self) {
                try await desk.answers(to: SocketMessage(Self.cancel))
            }
            #expect(refusal?.code == .rateLimited && (1...60).contains(refusal?.retryAfter ?? 0))
        }
    }
}
