import Engine
import Foundation
import Postgres
import Storage
import Testing

/// How much of a provider all runs together have at once.
@Suite struct ProviderCallsTests {
    @Test func aPlaceIsTakenOnceWhoeverAsksAtTheSameTime() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let provider = try await store.chatModel(by: ada.principal).llmID
            var claimed: [ClaimedRun] = []
            for _ in 0..<8 { claimed.append(try await store.claimedRun(by: ada.principal)) }
            let runs = claimed
            let entries = try await withThrowingTaskGroup(of: ProviderEntry.self) { group in
                for run in runs {
                    group.addTask { try await store.enter(provider, ProviderLimit(concurrent: 3), for: run.holder) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let calls = entries.compactMap { if case .entered(let call) = $0 { call } else { nil } }
            #expect(calls.count == 3)
            #expect(entries.filter { $0 == .full(seconds: nil) }.count == 5)
            try await store.leave(calls[0])
            #expect(
                try await store.enter(provider, ProviderLimit(concurrent: 3), for: runs[0].holder)
                    != .full(seconds: nil)
            )
        }
    }

    @Test func whatADeadWorkerHeldIsFree() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let provider = try await store.chatModel(by: ada.principal).llmID
            let (worker, limit) = (UUID.v7(), ProviderLimit(concurrent: 1))
            let first = try await store.claimedRun(worker: worker, by: ada.principal)
            let second = try await store.claimedRun(by: ada.principal)
            #expect(try await store.enter(provider, limit, for: first.holder) != .full(seconds: nil))
            #expect(try await store.enter(provider, limit, for: second.holder) == .full(seconds: nil))
            try await store.retire(worker: worker)
            let taken = try await store.claim(worker: .v7(), limit: 5, silence: .seconds(10))
            #expect(taken.map(\.run.id) == [first.run.id])
            #expect(try await store.enter(provider, limit, for: second.holder) != .full(seconds: nil))
        }
    }

    @Test func aMinuteHoldsSoManyCalls() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let provider = try await store.chatModel(by: ada.principal).llmID
            let (run, limit) = (try await store.claimedRun(by: ada.principal), ProviderLimit(perMinute: 2))
            for _ in 0..<2 {
                guard case .entered(let call) = try await store.enter(provider, limit, for: run.holder) else {
                    Issue.record("There is room.")
                    return
                }
                try await store.leave(call)
            }
            guard case .full(let seconds?) = try await store.enter(provider, limit, for: run.holder) else {
                Issue.record("There is no room.")
                return
            }
            #expect((50...60).contains(seconds))
            try await database.administrator.query(
                "update provider_calls set began_at = began_at - interval '61 seconds'"
            )
            #expect(try await store.enter(provider, limit, for: run.holder) != .full(seconds: nil))
            let left = try await database.administrator.query("select from provider_calls")
            #expect(left.count == 1)
        }
    }

    @Test func aLimitIsPartOfTheBrief() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let model = try await store.chatModel(by: ada.principal)
            try await store.choose(ModelChoice(chat: model.id), by: ada.principal, address: nil)
            let limit = ProviderLimit(concurrent: 4, perMinute: 90)
            let provider = try #require(try await store.provider(model.llmID, by: ada.principal))
            func set(_ limit: ProviderLimit?, by user: User) async throws -> Provider? {
                try await store.updateProvider(
                    provider.id,
                    name: "Limited",
                    baseURL: provider.apiBaseURL,
                    apiKey: nil,
                    isActive: true,
                    limit: .some(limit),
                    by: user.principal
                )
            }
            #expect(try await set(limit, by: ada)?.limit == limit)
            let brief = try await store.brief(for: store.claimedRun(by: ada.principal))
            #expect(brief.candidates.map(\.limit) == [limit])
            #expect(brief.candidates.map(\.providerID) == [model.llmID])
            #expect(try await store.provider(model.llmID, by: ada.principal)?.limit == limit)
            let bob = try await store.person("bob")
            #expect(try await set(nil, by: bob) == nil)
            #expect(try await set(nil, by: ada)?.limit == nil)
        }
    }

    /// Address, vendor's organisation and limit are changed together, or not at all.
    @Test func aProviderIsChangedAsAWhole() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let provider = try await store.chatModel(by: ada.principal).llmID
            @Sendable func change(_ organization: String??, _ limit: ProviderLimit??) async throws -> Provider? {
                try await store.updateProvider(
                    provider,
                    name: "x",
                    baseURL: "http://127.0.0.1:9/v1",
                    apiKey: nil,
                    isActive: true,
                    organization: organization,
                    limit: limit,
                    by: ada.principal
                )
            }
            #expect(try await change("org-1", .some(ProviderLimit(concurrent: 2)))?.organizationID == "org-1")
            let kept = try await change(nil, nil)
            #expect(kept?.organizationID == "org-1" && kept?.limit == ProviderLimit(concurrent: 2))
            await #expect(throws: StorageError.self) {
                try await change("org-2", .some(ProviderLimit(concurrent: 0)))
            }
            #expect(try await store.provider(provider, by: ada.principal)?.organizationID == "org-1")
            #expect(try await change(.some(nil), nil)?.organizationID == nil)
        }
    }
}
