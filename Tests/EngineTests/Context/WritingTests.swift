import Foundation
import Testing

@testable import Engine

/// Titles and summaries that are written when nobody waits.
@Suite(.timeLimit(.minutes(1))) struct WritingTests {
    /// Answers turns with "Fine.", and what the server asks of itself with `note`.
    private static func models(
        note: @escaping @Sendable (ModelRequest) throws -> String
    ) -> StubModels {
        StubModels { request, receive in
            let isOurs = request.instruction.hasPrefix(WritingPrompt.opening)
            try await receive(.text(isOurs ? try note(request) : "Fine."))
            try await receive(.usage(TokenUsage(input: 7, output: 3)))
            try await receive(.finish(.stop))
        }
    }

    /// A run, its end, and what was written after it.
    private func notes(
        _ brief: RunBrief,
        models: StubModels,
        limits: RunLimits = .quick,
        count: Int = 1
    ) async throws -> (run: Run, notes: [WrittenNotes], journal: MemoryJournal) {
        let shop = Workshop(models: models, limits: limits)
        let run = Run.sample()
        shop.journal.enqueue(run, brief: brief)
        let notes = try await shop.open {
            _ = try await shop.log(of: run)
            while shop.journal.notes(of: run.conversationID).count < count { await Task.yield() }
            return shop.journal.notes(of: run.conversationID)
        }
        return (run, notes, shop.journal)
    }

    private func brief(needsTitle: Bool, turns: Int = 1, window: Int? = nil) -> RunBrief {
        var brief = RunBrief.sample("How do bridges stand?", candidates: ["main"])
        brief.needsTitle = needsTitle
        brief.candidates[0].contextWindow = window
        let words = String(repeating: "word ", count: 60)
        for turn in 1..<turns {
            brief.messages.insert(
                contentsOf: [
                    .user("Question \(turn) \(words)"),
                    .assistant(text: "Answer \(turn) \(words)", toolCalls: []),
                ],
                at: brief.messages.count - 1
            )
        }
        return brief
    }

    @Test func theFirstAnswerGetsATitle() async throws {
        let models = Self.models { request in
            #expect(request.instruction.contains("Write in the language of the conversation."))
            #expect(request.messages == [.user("Person:\nHow do bridges stand?\n\nAgent:\nFine.")])
            return "**Title: “How bridges stand”**\n\nThe person asks why bridges stand."
        }
        let (run, notes, journal) = try await notes(brief(needsTitle: true), models: models)
        #expect(notes.map(\.title) == ["How bridges stand"])
        #expect(notes.map(\.line) == ["The person asks why bridges stand."])
        #expect(notes.map(\.isDone) == [true])
        // The turn's own call and this one.
        #expect(journal.usage(of: run.id).map(\.tokens.input) == [7, 7])
    }

    @Test func aConversationThatOutgrowsTheWindowIsSummarised() async throws {
        let models = Self.models { request in
            #expect(request.instruction.hasPrefix("ALMA background task: summary."))
            #expect(request.instruction.contains("Write in the language of the conversation,"))
            return "They spoke of bridges."
        }
        let (_, notes, _) = try await notes(
            brief(needsTitle: false, turns: 20, window: 4000),
            models: models
        )
        #expect(notes.first?.summary?.text == "They spoke of bridges.")
        #expect(notes.first?.summary?.model == "main")
        #expect(notes.first?.title == nil)
    }

    @Test func nothingIsAskedWhenThereIsNothingToWrite() async throws {
        let asked = Locked(0)
        let shop = Workshop(
            models: Self.models { _ in
                asked.withLock { $0 += 1 }
                return "x"
            }
        )
        let (plain, scripted, off) = (
            brief(needsTitle: false), brief(needsTitle: true), brief(needsTitle: true)
        )
        #expect(plain.writing(.quick) == [])
        var builtin = scripted
        builtin.candidates[0].endpoint.kind = .builtin
        #expect(builtin.writing(.quick) == [])
        var limits = RunLimits.quick
        limits.writesInBackground = false
        #expect(off.writing(limits) == [])
        let run = Run.sample()
        shop.journal.enqueue(run, brief: plain)
        _ = try await shop.open { try await shop.log(of: run) }
        #expect(try await shop.journal.claimWriting(worker: .v7(), limit: 9, silence: .zero).isEmpty)
        #expect(asked.withLock { $0 } == 0)
    }

    @Test func aModelThatFailsLeavesTheTask() async throws {
        let models = Self.models { _ in throw ModelError(.unavailable, "Not now.") }
        let (run, notes, journal) = try await notes(brief(needsTitle: true), models: models)
        #expect(notes.first?.isDone == false)
        #expect(notes.first?.title == nil)
        #expect(journal.usage(of: run.id).map(\.succeeded).prefix(2) == [true, false])
    }

    @Test func theWordsInWhichAModelDeclinesAreNoTitle() async throws {
        let models = StubModels { request, receive in
            let isOurs = request.instruction.hasPrefix(WritingPrompt.opening)
            try await receive(isOurs ? .refusal("I will not name that.") : .text("Fine."))
            try await receive(.usage(TokenUsage(input: 7, output: 3)))
            try await receive(.finish(.stop))
        }
        let (run, notes, journal) = try await notes(brief(needsTitle: true), models: models)
        #expect(notes.first?.title == nil && notes.first?.line == nil)
        // It is paid.
        #expect(journal.usage(of: run.id).map(\.succeeded).prefix(2) == [true, true])
    }

    @Test(arguments: [true, false]) func aBudgetHoldsForTitles(hasRoom: Bool) async throws {
        let asked = Locked(0)
        let shop = Workshop(
            models: Self.models { _ in
                asked.withLock { $0 += 1 }
                return "A title"
            }
        )
        var brief = brief(needsTitle: true)
        // The turn may cost 0.1 and costs 0.003; a title may cost 1.024.
        brief.candidates[0].price = ModelCandidate.Price(input: 0, output: 1000, currency: "USD")
        brief.maximumTokens = 100
        let terms = BudgetTerms(amount: 2, currency: "USD", askAt: hasRoom ? nil : 50)
        let budget = shop.journal.addBudget("Team", terms)
        let run = Run.sample()
        shop.journal.enqueue(run, brief: brief)
        let notes = try await shop.open {
            _ = try await shop.log(of: run)
            while shop.journal.notes(of: run.conversationID).isEmpty { await Task.yield() }
            return shop.journal.notes(of: run.conversationID)
        }
        #expect(notes.map(\.title) == [hasRoom ? "A title" : nil])
        // Without room it is not tried again by itself, and nobody is asked.
        #expect(notes.map(\.isDone) == [true])
        #expect(asked.withLock { $0 } == (hasRoom ? 1 : 0))
        #expect(shop.journal.spending(of: budget) == (Decimal(string: hasRoom ? "0.006" : "0.003")!, 0))
    }

    @Test func whatWasPaidIsStoredThoughTheServerStops() async throws {
        let begun = Locked(false)
        let shop = Workshop(
            models: StubModels { request, receive in
                let isOurs = request.instruction.hasPrefix(WritingPrompt.opening)
                try await receive(.text("Fine."))
                try await receive(.usage(TokenUsage(input: 7, output: 3)))
                guard isOurs else { return try await receive(.finish(.stop)) }
                begun.withLock { $0 = true }
                // For ever, as far as the test is concerned: it is cut.
                try await Task.sleep(for: .seconds(600))
            }
        )
        let run = Run.sample()
        shop.journal.enqueue(run, brief: brief(needsTitle: true))
        try await shop.open {
            _ = try await shop.log(of: run)
            while !begun.withLock({ $0 }) { await Task.yield() }
        }
        let notes = shop.journal.notes(of: run.conversationID)
        #expect(notes.map(\.isCutShort) == [true] && notes.map(\.title) == [nil])
        #expect(shop.journal.usage(of: run.id).map(\.succeeded) == [true, false])
    }

    @Test func whatADeadWorkerHadIsTakenUp() async throws {
        let shop = Workshop(models: Self.models { _ in "A title" })
        let run = Run.sample()
        shop.journal.enqueue(run, brief: brief(needsTitle: true))
        // Another worker ends the turn, takes the task, and is heard of no more.
        let dead = UUID.v7()
        let claimed = try #require(
            try await shop.journal.claim(worker: dead, limit: 1, silence: .seconds(10)).first
        )
        let event = RunEvent(
            sequence: 3,
            kind: .runStatus,
            data: EventData(run: claimed.run).runStatus(.completed, attempt: 1),
            timestamp: Date()
        )
        let outcome = RunOutcome(
            run: claimed.run,
            epoch: claimed.epoch,
            events: [event],
            state: .completed,
            content: "Fine.",
            metadata: "{}",
            usage: [],
            writing: .title
        )
        #expect(try await shop.journal.finish(outcome))
        #expect(
            try await shop.journal.claimWriting(worker: dead, limit: 1, silence: .seconds(10)).count == 1
        )
        #expect(
            try await shop.journal.claimWriting(worker: .v7(), limit: 1, silence: .seconds(10)).isEmpty
        )
        shop.journal.forget(worker: dead)
        let notes = try await shop.open {
            while shop.journal.notes(of: run.conversationID).isEmpty { await Task.yield() }
            return shop.journal.notes(of: run.conversationID)
        }
        #expect(notes.map(\.title) == ["A title"])
    }
}

/// What models make of being asked for a title.
@Suite struct TitleAnswerTests {
    @Test(
        arguments: [
            ("Bridges\n\nAbout bridges.", "Bridges", "About bridges."),
            ("# Bridges", "Bridges", nil),
            ("标题：《桥为什么不倒》\n\n摘要：讨论桥梁。", "桥为什么不倒", "讨论桥梁。"),
            ("\"Ratio: 3 to 4\"\n", "Ratio: 3 to 4", nil),
            ("", nil, nil),
            ("***\n", nil, nil),
        ] as [(String, String?, String?)]
    )
    func whatModelsAddIsTakenAway(answer: String, title: String?, line: String?) {
        let parsed = TitleAnswer(answer)
        #expect(parsed.title == title)
        #expect(parsed.line == line)
    }

    @Test func longOnesAreCutToTheColumns() {
        let parsed = TitleAnswer(
            String(repeating: "桥", count: 300) + "\n" + String(repeating: "👩‍👩‍👧 ", count: 900)
        )
        #expect(parsed.title?.unicodeScalars.count == 80)
        #expect((parsed.line?.unicodeScalars.count ?? 0) <= 500)
    }
}

/// When a conversation is summarised, and how much of it.
@Suite struct SummaryPlanTests {
    private func messages(_ turns: Int, _ words: Int = 60) -> [ModelMessage] {
        let text = String(repeating: "word ", count: words)
        return (0..<turns).flatMap { [.user("\($0) \(text)"), .assistant(text: text, toolCalls: [])] }
    }

    @Test func aShortOneIsNot() {
        #expect(SummaryPlan(messages(5), covered: 0, window: 16_384).end == nil)
        #expect(SummaryPlan([], covered: 0, window: 16_384).end == nil)
    }

    @Test func theNewestTurnsStay() throws {
        let talk = messages(20)
        let end = try #require(SummaryPlan(talk, covered: 0, window: 4000).end)
        #expect((20..<40).contains(end))
        guard case .user = talk[end] else { return #expect(Bool(false)) }
        // Done, there is nothing to do for some turns.
        #expect(SummaryPlan(talk, covered: end, window: 4000).end == nil)
        #expect(SummaryPlan(talk + messages(1), covered: end, window: 4000).end == nil)
        #expect(SummaryPlan(talk + messages(10), covered: end, window: 4000).end != nil)
    }

    @Test func theStoreBringsNoMoreThanSoMany() throws {
        #expect(try #require(SummaryPlan(messages(80, 2), covered: 0, window: 1_000_000).end) >= 120)
    }
}
