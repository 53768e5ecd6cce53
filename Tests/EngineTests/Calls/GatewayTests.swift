import Foundation
import Testing

@testable import Engine

/// Single calls: others in a model's place, money, places, and what is written down.
@Suite struct GatewayTests {
    private let caller = GatewayCaller(user: .v7(), organisation: .v7())
    private let question = ModelRequest(instruction: "", messages: [.user("Hi")])

    @Test func theFirstThatAnswersIsPaidAndSoIsTheOneThatFailed() async throws {
        let journal = CallLedger()
        let failing = ModelError(.unavailable, "Down.")
        let gateway = Gateway(
            journal: journal,
            models: Scripts(["a": .failure(failing), "b": .success(["Hel", "lo"])])
        )
        let text = Locked("")
        let route = GatewayRoute(candidates: [candidate("a"), candidate("b")])
        let answer = try await gateway.answer(question, along: route, for: caller) { piece, model in
            if case .text(let delta) = piece { text.withLock { $0 += "\(model):\(delta) " } }
        }
        #expect(answer.model == "b" && answer.finish == .stop && text.withLock { $0 } == "b:Hel b:lo ")
        #expect(journal.records.map(\.modelName) == ["a", "b"] && journal.records.map(\.succeeded) == [false, true])
        #expect(journal.records.last == answer.usage)
        // What was answered need not wait for the disk; what has failed is tried again only when it is written down.
        #expect(journal.noted == [answer.usage])
    }

    @Test func onceWordsHaveComeNobodyElseGoesOn() async throws {
        let journal = CallLedger()
        let models = Scripts(["a": .broken(["Half"], ModelError(.interrupted, "Gone.")), "b": .success(["Whole"])])
        let gateway = Gateway(journal: journal, models: models)
        let route = GatewayRoute(candidates: [candidate("a"), candidate("b")])
        await #expect(throws: ModelError(.interrupted, "Gone.")) {
            try await gateway.answer(question, along: route, for: caller) { _, _ in }
        }
        #expect(journal.records.map(\.modelName) == ["a"])
        // Nobody has told what it took: it is estimated.
        #expect(journal.records[0].tokens.output > 0 && journal.records[0].cost ?? 0 > 0)
    }

    @Test func aBudgetWithoutRoomLetsNothingThrough() async throws {
        let journal = CallLedger(budget: Decimal(string: "0.000001"))
        let models = Scripts(["a": .success(["Hi"])])
        let gateway = Gateway(journal: journal, models: models)
        let route = GatewayRoute(candidates: [candidate("a")], hasBudgets: true)
        await #expect(throws: BudgetExceeded.self) {
            try await gateway.answer(question, along: route, for: caller) { _, _ in }
        }
        #expect(models.asked.withLock { $0 }.isEmpty && journal.records.isEmpty)
    }

    @Test func whatIsSetAsideBoundsTheAnswer() async throws {
        let journal = CallLedger(budget: 100)
        let models = Scripts(["a": .success(["Hi"])])
        let gateway = Gateway(journal: journal, models: models)
        let route = GatewayRoute(candidates: [candidate("a")], hasBudgets: true)
        _ = try await gateway.answer(question, along: route, for: caller) { _, _ in }
        #expect(models.asked.withLock { $0 }.map(\.maximumTokens) == [50])
        #expect(journal.reserved.map(\.call) == journal.records.map(\.id))
        #expect(journal.noted.isEmpty, "what a budget has set aside is charged before the answer's end")
    }

    @Test func aPlaceIsGivenBackWhateverBecomesOfTheCall() async throws {
        let journal = CallLedger()
        let gateway = Gateway(journal: journal, models: Scripts(["a": .failure(ModelError(.rejected, "No."))]))
        var limited = candidate("a")
        limited.limit = ProviderLimit(concurrent: 1)
        let route = GatewayRoute(candidates: [limited])
        for _ in 0..<3 {
            await #expect(throws: ModelError.self) {
                try await gateway.answer(question, along: route, for: caller) { _, _ in }
            }
        }
        #expect(journal.entered == 3 && journal.left == 3)
    }

    @Test func whoLeavesIsCharged() async throws {
        let journal = CallLedger()
        let gateway = Gateway(journal: journal, models: Scripts(["a": .endless]))
        let route = GatewayRoute(candidates: [candidate("a")])
        let begun = Signal()
        let call = Task { [question, caller] in
            try await gateway.answer(question, along: route, for: caller) { _, _ in begun.ring() }
        }
        await begun.wait()
        call.cancel()
        await #expect(throws: (any Error).self) { try await call.value }
        #expect(journal.records.map(\.succeeded) == [false])
    }

    /// The provider has read the question and charges for it, whether anybody hears the answer or not.
    @Test func whoLeavesBeforeTheFirstWordIsCharged() async throws {
        let journal = CallLedger()
        let models = Scripts(["a": .silent])
        let route = GatewayRoute(candidates: [candidate("a")])
        let call = Task { [question, caller] in
            try await Gateway(journal: journal, models: models).answer(question, along: route, for: caller) { _, _ in }
        }
        await models.silence.wait()
        call.cancel()
        await #expect(throws: (any Error).self) { try await call.value }
        let record = try #require(journal.records.first)
        #expect(record.tokens.input > 0 && record.cost ?? 0 > 0 && !record.succeeded)
    }

    @Test func whoIsRefusedIsNotCharged() async throws {
        let journal = CallLedger()
        let models = Scripts(["a": .failure(ModelError(.rejected, "No."))])
        let route = GatewayRoute(candidates: [candidate("a")])
        await #expect(throws: ModelError.self) {
            try await Gateway(journal: journal, models: models).answer(question, along: route, for: caller) { _, _ in }
        }
        #expect(journal.records.map(\.cost) == [0])
    }

    /// Those that do not see are passed by as fallbacks; one that was asked for says so, whoever else might see.
    @Test func picturesGoToThoseThatSee() async throws {
        let models = Scripts([
            "a": .failure(ModelError(.unavailable, "Down.")), "blind": .success(["x"]), "b": .success(["y"]),
        ])
        let gateway = Gateway(journal: CallLedger(), models: models)
        let picture = ModelPicture(fileID: .v7(), name: "p", mediaType: "", address: "https://example.org/p.png")
        let question = ModelRequest(instruction: "", messages: [.user("?", pictures: [picture])])
        let route = GatewayRoute(candidates: [seeing("a"), candidate("blind"), seeing("b")])
        let answer = try await gateway.answer(question, along: route, for: caller) { _, _ in }
        #expect(answer.model == "b" && models.asked.withLock { $0.count } == 2)
        let refusal = ModelError.unsupported("messages", "This model takes no pictures. Choose another one.")
        for others in [[], [seeing("b")]] {
            let blind = GatewayRoute(candidates: [candidate("blind")] + others)
            await #expect(throws: refusal) { try await gateway.answer(question, along: blind, for: caller) { _, _ in } }
        }
        #expect(models.asked.withLock { $0.count } == 2)
    }

    /// Another one's answer would hide what is wrong.
    @Test(arguments: [
        ModelError(.rejected, "No.", status: 400), ModelError(.rejected, "No.", status: 422),
        ModelError(.rejected, "No."), ModelError(.contextTooLong, "Long.", status: 400),
        ModelError.unsupported("response_format", "No."),
    ])
    func aRequestThatIsWrongGoesToNobodyElse(_ mistake: ModelError) async throws {
        let models = Scripts(["a": .failure(mistake), "b": .success(["x"])])
        let route = GatewayRoute(candidates: [candidate("a"), candidate("b")])
        let gateway = Gateway(journal: CallLedger(), models: models)
        await #expect(throws: mistake) { try await gateway.answer(question, along: route, for: caller) { _, _ in } }
        #expect(models.asked.withLock { $0.count } == 1)
    }

    @Test(arguments: [
        ModelError(.unauthorized, "Key.", status: 401), ModelError(.notFound, "What?", status: 404),
        ModelError(.notConfigured, "Where?"), ModelError(.rejected, "Gone.", status: 410),
        ModelError(.rateLimited, "Slow.", status: 402),
    ])
    func whatIsWrongWithAProviderIsMadeGoodByOthers(_ failure: ModelError) async throws {
        let models = Scripts(["a": .failure(failure), "b": .success(["x"])])
        let route = GatewayRoute(candidates: [candidate("a"), candidate("b")])
        let gateway = Gateway(journal: CallLedger(), models: models)
        let answer = try await gateway.answer(question, along: route, for: caller) { _, _ in }
        #expect(answer.model == "b")
    }

    /// What a fallback cannot take is no mistake: it was asked of another one.
    @Test func itIsToldHowTheModelThatWasAskedForHasFailed() async throws {
        let down = ModelError(.unavailable, "Down.")
        let models = Scripts([
            "a": .failure(down), "b": .failure(.unsupported("response_format", "No.")), "c": .success(["x"]),
        ])
        let gateway = Gateway(journal: CallLedger(), models: models)
        let all = GatewayRoute(candidates: [candidate("a"), candidate("b"), candidate("c")])
        let answer = try await gateway.answer(question, along: all, for: caller) { _, _ in }
        #expect(answer.model == "c")
        let two = GatewayRoute(candidates: Array(all.candidates.prefix(2)))
        await #expect(throws: down) { try await gateway.answer(question, along: two, for: caller) { _, _ in } }
    }

    private func seeing(_ name: String) -> ModelCandidate {
        var candidate = candidate(name)
        candidate.supportsVision = true
        return candidate
    }

    private func candidate(_ name: String) -> ModelCandidate {
        ModelCandidate(
            modelID: .v7(),
            name: name,
            endpoint: ProviderEndpoint(kind: .custom, baseURL: "http://127.0.0.1"),
            price: ModelCandidate.Price(input: 1, output: 100, currency: "USD"),
            maximumTokens: 50
        )
    }
}
