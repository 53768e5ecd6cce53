import Engine
import Foundation
import Postgres
import Storage
import Testing

/// Models and agents.
@Suite struct ModelsTests {
    @Test func theFirstModelIsTheDefaultAndOnlyOneIs() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let first = try await store.chatModel("first", by: user.principal)
            #expect(first.isDefault)
            let second = try #require(
                try await store.createModel(
                    llmID: first.llmID,
                    name: "second",
                    displayName: "Second",
                    by: user.principal
                )
            )
            #expect(second.isDefault == false)
            try await store.choose(ModelChoice(chat: second.id), by: user.principal, address: nil)
            let models = try await store.models(llmID: nil, isActive: nil, by: user.principal)
            #expect(models.filter(\.isDefault).map(\.id) == [second.id])
            #expect(try await store.providers(by: user.principal).map(\.isDefault) == [true])
            await #expect(throws: StorageError.self) {
                try await store.choose(ModelChoice(chat: .v7()), by: user.principal, address: nil)
            }
            #expect(try await store.deleteModel(second.id, by: user.principal))
            #expect(try await store.deleteModel(second.id, by: user.principal) == false)
            #expect(
                try await store.models(llmID: nil, isActive: nil, by: user.principal).contains(where: \.isDefault)
                    == false
            )
        }
    }

    @Test func modelsAreChangedAndFiltered() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let model = try await store.chatModel("demo", by: user.principal)
            let changed = try await store.updateModel(
                model.id,
                displayName: "Demo",
                contextWindow: 8192,
                maxTokens: nil,
                pricing: #"{"input_tokens":0.03,"output_tokens":0.06,"currency":"USD","per_1k_tokens":true}"#,
                isActive: false,
                by: user.principal
            )
            #expect(changed?.displayName == "Demo")
            #expect(changed?.contextWindow == 8192)
            #expect(changed?.isActive == false)
            // A price that means nothing would be none.
            for wrong in [
                #"{"input":1,"output":2}"#, #"{"input_tokens":1}"#, #"{"input_tokens":-1,"output_tokens":2}"#,
            ] {
                let error = await #expect(throws: StorageError.self) {
                    try await store.updateModel(model.id, pricing: wrong, by: user.principal)
                }
                #expect(error?.code == .invalid("pricing"), "\(wrong)")
            }
            let kept = try await store.updateModel(model.id, maxTokens: 4096, by: user.principal)
            #expect(kept?.contextWindow == 8192 && kept?.maxTokens == 4096 && kept?.pricing != nil)
            let cleared = try await store.updateModel(
                model.id,
                contextWindow: .some(nil),
                pricing: .some(nil),
                by: user.principal
            )
            #expect(cleared?.contextWindow == nil && cleared?.pricing == nil && cleared?.maxTokens == 4096)
            #expect(try await store.models(llmID: model.llmID, isActive: true, by: user.principal).isEmpty)
            #expect(try await store.models(llmID: model.llmID, isActive: false, by: user.principal).count == 1)
            do {
                _ = try await store.createModel(llmID: model.llmID, name: "demo", displayName: "x", by: user.principal)
                Issue.record("the same name twice")
            } catch let error as StorageError {
                #expect(error.code == .conflict("name"))
            }
            #expect(try await store.createModel(llmID: .v7(), name: "x", displayName: "x", by: user.principal) == nil)
            for pricing in ["[]", #"{"input_tokens":"0.1"}"#, #"{"output_tokens":-1}"#, #"{"currency":5}"#, "{"] {
                await #expect(throws: StorageError.self) {
                    try await store.createModel(
                        llmID: model.llmID,
                        name: "y",
                        displayName: "y",
                        pricing: pricing,
                        by: user.principal
                    )
                }
            }
        }
    }

    @Test func fallbacksKeepTheirOrder() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let first = try await store.chatModel("a", by: user.principal)
            var ids = [first.id]
            for name in ["b", "c"] {
                let model = try await store.createModel(
                    llmID: first.llmID,
                    name: name,
                    displayName: name,
                    by: user.principal
                )
                ids.append(try #require(model?.id))
            }
            func ranks() async throws -> [Int?] {
                try await store.models(llmID: nil, isActive: nil, by: user.principal).map(\.fallbackRank)
            }
            try await store.choose(ModelChoice(fallbacks: [ids[2], ids[0]]), by: user.principal, address: nil)
            #expect(try await ranks() == [2, nil, 1])
            try await store.choose(ModelChoice(fallbacks: [ids[0], ids[1], ids[2]]), by: user.principal, address: nil)
            #expect(try await ranks() == [1, 2, 3])
            await #expect(throws: StorageError.self) {
                try await store.choose(ModelChoice(fallbacks: [ids[0], .v7()]), by: user.principal, address: nil)
            }
            #expect(try await ranks() == [1, 2, 3])
            try await store.choose(ModelChoice(fallbacks: []), by: user.principal, address: nil)
            #expect(try await ranks() == [nil, nil, nil])
        }
    }

    @Test func theSystemsAgentsAreThereForEverybody() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let agents = try await store.agents(type: "system", status: "active", page: Page(), by: user.principal)
            #expect(agents.items.map(\.name) == ["assistant", "orchestrator", "coding", "web", "file"])
            let assistant = try #require(try await store.agent(Agent.assistantID, by: user.principal))
            #expect(assistant == agents.items.first)
            #expect(assistant.usageCount == 0)
            #expect(try await store.agents(type: "custom", status: nil, page: Page(), by: user.principal).total == 0)
        }
    }

    @Test func secretsAreSealedAnewAfterARotation() async throws {
        try await TestDatabase.with { database in
            let folder = FileManager.default.temporaryDirectory.appending(path: "alma-\(UUID().uuidString)").path
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let old = Store(
                database: database.application,
                keys: try .load(directory: folder),
                logger: .silent,
                passwordCost: 4
            )
            try await old.prepare()
            let user = try await old.person()
            let provider = try await openAI(old, key: "sk-abcdefghijklmnop-1234", by: user.principal)
            let new = Store(database: database.application, keys: try .rotate(directory: folder), logger: .silent)
            try await new.prepare()
            #expect(try await new.resealSecrets() == 1)
            #expect(try await new.resealSecrets() == 0)
            #expect(
                try await new.endpoint(of: provider.id, by: user.principal)?.apiKey?.reveal()
                    == "sk-abcdefghijklmnop-1234"
            )
            await #expect(throws: StorageError.self) { try await old.endpoint(of: provider.id, by: user.principal) }
            let stranger = Store(database: database.application, keys: .ephemeral(), logger: .silent)
            await #expect(throws: StorageError.self) { try await stranger.prepare() }
        }
    }

    func openAI(_ store: Store, key: String, by principal: Principal) async throws -> Provider {
        try await store.createProvider(
            kind: .openai,
            name: "OpenAI",
            baseURL: "https://api.openai.com/v1",
            apiKey: Secret(key),
            organization: "",
            by: principal
        )
    }

    @Test func aModelWritesRecordingsDownAndIsPaid() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (user, stranger) = (try await store.person(), try await store.person("eve"))
            let claimed = try await store.claimedRun(by: user.principal)
            #expect(try await store.transcriptionModel(by: user.principal) == nil)
            let chat = try await store.chatModel(by: user.principal)
            let pricing = #"{"per_minute":0.006,"currency":"USD"}"#
            let made = try await store.createModel(
                llmID: chat.llmID,
                name: "Whisper-1",
                displayName: "Whisper",
                pricing: pricing,
                by: user.principal
            )
            #expect(made?.modelType == "transcription" && made?.isForConversations == false)
            let model = try #require(try await store.transcriptionModel(by: user.principal))
            #expect(model.name == "Whisper-1" && model.price?.perMinute == Decimal(string: "0.006"))
            #expect(try await store.transcriptionModel(by: stranger.principal) == nil)
            // It answers nobody.
            try await store.choose(ModelChoice(chat: model.modelID), by: user.principal, address: nil)
            #expect(try await !store.brief(for: claimed).candidates.contains { $0.modelID == model.modelID })
            let usage = UsageRecord(
                modelID: model.modelID,
                modelName: model.name,
                tokens: TokenUsage(input: 0, output: 0),
                cost: Decimal(string: "0.012"),
                currency: "USD",
                responseTime: 1,
                succeeded: true
            )
            for _ in 0..<2 { try await store.record(usage, of: claimed.run.id) }
            let rows = try await database.administrator.query(
                "select cost::text from usage_records where model_id = \(model.modelID)"
            )
            #expect(try rows.map { try $0.get(0, as: String.self) } == ["0.012000"])
            _ = try await store.updateModel(model.modelID, isActive: false, by: user.principal)
            #expect(try await store.transcriptionModel(by: user.principal) == nil)
        }
    }
}
