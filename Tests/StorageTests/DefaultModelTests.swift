import Engine
import Foundation
import Postgres
import Storage
import Testing

/// Which model does what nobody chooses one for.
@Suite struct DefaultModelTests {
    @Test func theChosenOneWritesAndADeletedOneIsSaid() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (ada, eve) = (try await store.person("ada"), try await store.person("eve"))
            let by = ada.principal
            let large = try await store.chatModel("large", by: by)
            let small = try #require(
                try await store.createModel(llmID: large.llmID, name: "small", displayName: "Small", by: by)
            )
            let ear = try #require(
                try await store.createModel(llmID: large.llmID, name: "whisper-1", displayName: "Ear", by: by)
            )
            let second = try #require(
                try await store.createModel(llmID: large.llmID, name: "whisper-2", displayName: "Other ear", by: by)
            )
            let task = WritingTask(run: try await store.queuedRun(by: by), wants: .title, attempt: 1)
            func writer() async throws -> UUID? { try await store.brief(for: task).candidates.first?.modelID }
            func listener() async throws -> UUID? { try await store.transcriptionModel(by: by)?.modelID }
            #expect(try await writer() == large.id)
            #expect(try await listener() == ear.id)
            let both = ModelChoice(purposes: [.writing: small.id, .transcription: second.id])
            try await store.choose(both, by: by, address: nil)
            #expect(try await writer() == small.id)
            #expect(try await listener() == second.id)
            // What cannot do it, is not there or is another's is not taken.
            for (purpose, wrong, person) in [
                (ModelPurpose.writing, ear.id, ada), (.transcription, small.id, ada), (.writing, .v7(), ada),
                (.writing, small.id, eve),
            ] {
                await #expect(throws: StorageError.self) {
                    let choice = ModelChoice(purposes: [purpose: wrong])
                    try await store.choose(choice, by: person.principal, address: nil)
                }
            }
            #expect(try await store.defaultModels(by: eve.principal).isEmpty)
            // Deleted or switched off, it is named, and the usual one does it.
            #expect(try await store.deleteModel(small.id, by: by))
            _ = try await store.updateModel(second.id, isActive: false, by: by)
            #expect(
                try await store.defaultModels(by: by) == [
                    DefaultModel(purpose: .transcription, modelID: nil, name: "Other ear"),
                    DefaultModel(purpose: .writing, modelID: nil, name: "Small"),
                ]
            )
            #expect(try await writer() == large.id)
            #expect(try await listener() == ear.id)
            try await store.choose(ModelChoice(purposes: [.writing: nil]), by: by, address: nil)
            #expect(try await store.defaultModels(by: by).map(\.purpose) == [.transcription])
        }
    }

    @Test func allOfAChoiceIsTakenAndWrittenDownOrNothing() async throws {
        try await TestDatabase.with { database in
            let (store, ada) = (database.store, try await database.store.person("ada"))
            let by = ada.principal
            let large = try await store.chatModel("large", by: by)
            let small = try #require(
                try await store.createModel(llmID: large.llmID, name: "small", displayName: "Small", by: by)
            )
            func stands() async throws -> [String] {
                let models = try await store.models(llmID: nil, isActive: nil, by: by)
                let chosen = try await store.defaultModels(by: by)
                return models.filter(\.isDefault).map(\.name) + ["/"]
                    + models.filter { $0.fallbackRank != nil }.map(\.name)
                    + ["/"] + chosen.map(\.name)
            }
            func acts() async throws -> [AuditEvent] {
                try await store.auditEvents(AuditFilter(action: "model_choice"), page: Page(), by: by).items
            }
            for wrong in [
                ModelChoice(chat: small.id, purposes: [.writing: .v7()]),
                ModelChoice(chat: .v7(), fallbacks: [small.id]),
                ModelChoice(chat: small.id, fallbacks: [large.id, .v7()], purposes: [.writing: small.id]),
            ] {
                await #expect(throws: StorageError.self) { try await store.choose(wrong, by: by, address: nil) }
            }
            #expect(try await stands() == ["large", "/", "/"])
            #expect(try await acts().isEmpty)
            let choice = ModelChoice(chat: small.id, fallbacks: [large.id], purposes: [.writing: small.id])
            for _ in 0..<2 { try await store.choose(choice, by: by, address: nil) }
            #expect(try await stands() == ["small", "/", "large", "/", "Small"])
            // The second time nothing has changed.
            let written = try await acts()
            #expect(written.count == 1 && written[0].detail.contains("Small \(small.id.text)"))
        }
    }

    /// Of two at the same moment one comes second, and replaces what the first has chosen.
    @Test func theAuditSaysWhatAChoiceReplaced() async throws {
        try await TestDatabase.with { database in
            let (store, ada) = (database.store, try await database.store.person("ada"))
            let by = ada.principal
            let large = try await store.chatModel("large", by: by)
            func made(_ name: String) async throws -> UUID {
                try #require(try await store.createModel(llmID: large.llmID, name: name, displayName: name, by: by)).id
            }
            let (small, tiny) = (try await made("small"), try await made("tiny"))
            let choices = try await database.administrator.transaction { transaction in
                let row: Query = "select from organisations where org_id = \(ada.organisationID) for update"
                _ = try await transaction.query(row)
                let tasks = [
                    ModelChoice(chat: small, fallbacks: [large.id, tiny], purposes: [.writing: small]),
                    ModelChoice(chat: tiny, fallbacks: [small], purposes: [.writing: large.id]),
                ].map { choice in Task { try await store.choose(choice, by: by, address: nil) } }
                try await database.waitForLocks(2)
                return tasks
            }
            for choice in choices { try await choice.value }
            let acts = try await store.auditEvents(AuditFilter(action: "model_choice"), page: Page(), by: by).items
            let details = try acts.map { try JSONValue(parsing: $0.detail) }
            func isFirst(_ detail: JSONValue) -> Bool { detail["before"]?["chat"]?.string == "large \(large.id.text)" }
            let first = try #require(details.first(where: isFirst))
            let second = try #require(details.first { !isFirst($0) })
            #expect(details.count == 2 && first["before"]?["fallbacks"] == .array([]))
            #expect(first["before"]?["writing"] == nil && first["after"]?["writing"] != nil)
            #expect(second["before"] == first["after"])
        }
    }

    /// Nobody has it any more, and so it cannot be looked up.
    @Test func theAuditNamesADeletedModelThatWasReplaced() async throws {
        try await TestDatabase.with { database in
            let (store, ada) = (database.store, try await database.store.person("ada"))
            let by = ada.principal
            let large = try await store.chatModel("large", by: by)
            let small = try #require(
                try await store.createModel(llmID: large.llmID, name: "small", displayName: "Small", by: by)
            )
            try await store.choose(ModelChoice(purposes: [.writing: small.id]), by: by, address: nil)
            #expect(try await store.deleteModel(small.id, by: by))
            try await store.choose(ModelChoice(purposes: [.writing: large.id]), by: by, address: nil)
            let acts = try await store.auditEvents(AuditFilter(action: "model_choice"), page: Page(), by: by).items
            let details = try acts.map { try JSONValue(parsing: $0.detail) }
            let last = details.first { $0["after"]?["writing"]?.string == "large \(large.id.text)" }
            #expect(details.count == 2 && last?["before"]?["writing"]?.string == "Small")
        }
    }
}
