import Foundation

/// Asks the models. Each call is paid as those of the turn are; where a budget has no room for one it is not made, and
/// nobody is asked: the next turn's end wants the same again.
struct NoteWriter: Sendable {
    /// Summaries of one task: each tells of what one request can hold.
    private static let rounds = 4
    /// Of one call. Shorter than a reservation in the background holds.
    private static let patience = Duration.seconds(60)

    let journal: any WritingJournal
    let models: any ModelSource
    let limits: RunLimits

    /// What came of it, also when it was cut short: what was paid is told in any case.
    func write(_ task: WritingTask) async throws -> WrittenNotes {
        let brief = try await journal.brief(for: task)
        var session = NoteSession(task: task, brief: brief, writer: self)
        await session.write(limits)
        return session.notes
    }

    fileprivate func call(
        _ request: ModelRequest,
        _ candidate: ModelCandidate,
        _ meter: ModelMeter
    ) async throws {
        try await withTimeLimit(Self.patience, otherwise: ModelError.outOfTime) {
            try await models.model(named: candidate.name, at: candidate.endpoint)
                .answer(request) { piece in try meter.take(piece) }
        }
    }

    /// How one call ended.
    fileprivate enum Outcome {
        case text(String, model: String)
        /// No model said a word, or the server stops.
        case nothing
        /// It would cost more than may be spent.
        case noMoney
    }

    /// One task on its way.
    private struct NoteSession {
        let task: WritingTask
        let brief: WritingBrief
        let writer: NoteWriter
        var notes = WrittenNotes()

        mutating func write(_ limits: RunLimits) async {
            var isDone = true
            if task.wants.contains(.title) { isDone = await name() }
            if task.wants.contains(.summary) { isDone = await summarise(limits) && isDone }
            notes.isDone = isDone
            notes.isCutShort = !isDone && Task.isCancelled
        }

        /// False when it is to be tried again.
        private mutating func name() async -> Bool {
            switch await ask(WritingPrompt.title(brief.messages)) {
            case .text(let text, _):
                let parsed = TitleAnswer(text)
                (notes.title, notes.line) = (parsed.title, parsed.line)
                return parsed.title != nil
            case .nothing: return false
            case .noMoney: return true
            }
        }

        private mutating func summarise(_ limits: RunLimits) async -> Bool {
            let window = brief.candidates.writers.window(otherwise: limits.defaultWindow)
            var covered = brief.summary?.covers ?? 0
            var earlier = brief.summary?.text
            guard let end = SummaryPlan(brief.messages, covered: covered, window: window).end else { return true }
            for _ in 0..<NoteWriter.rounds where covered < end {
                let part = WritingPrompt.part(of: brief.messages[covered..<end], window: window)
                switch await ask(WritingPrompt.summary(part, earlier: earlier, window: window)) {
                case .text(let text, let model):
                    covered = part.endIndex
                    earlier = text
                    notes.summary = WrittenNotes.Summary(upTo: brief.ids[covered - 1], text: text, model: model)
                case .nothing: return false
                case .noMoney: return true
                }
            }
            return true
        }

        /// The first answer that one of the candidates gives.
        private mutating func ask(_ request: ModelRequest) async -> Outcome {
            var isAffordable = false
            for candidate in brief.candidates.writers where !Task.isCancelled {
                var request = request
                request.maximumTokens = min(request.maximumTokens ?? .max, candidate.maximumTokens ?? .max)
                let meter = ModelMeter(candidate, limit: Scribe.answerBytes)
                guard await reserve(meter, for: request, by: candidate) else { continue }
                isAffordable = true
                do {
                    try await writer.call(request, candidate, meter)
                } catch {
                    notes.usage.append(meter.record(for: request, failure: error))
                    continue
                }
                notes.usage.append(meter.record(for: request))
                let text = meter.text.trimmed
                if !text.isEmpty { return .text(text, model: candidate.name) }
            }
            return isAffordable || Task.isCancelled ? .nothing : .noMoney
        }

        private func reserve(_ meter: ModelMeter, for request: ModelRequest, by candidate: ModelCandidate) async -> Bool
        {
            let fitted = FittedRequest(request: request, history: 0..<0, answerTokens: WorstCase.outputTokens)
            guard brief.hasBudgets, let worst = WorstCase(fitted, by: candidate) else { return true }
            let holder = CallHolder.run(task.run.id, epoch: BudgetReservation.background)
            let reservation = worst.reservation(of: meter.id, by: holder)
            guard case .granted = try? await writer.journal.reserve(reservation) else { return false }
            return true
        }
    }
}

extension [ModelCandidate] {
    /// Those that can write about something: the scripted one inside ALMA cannot.
    var writers: [ModelCandidate] { filter { $0.endpoint.kind != .builtin } }

    /// The smallest of their windows.
    func window(otherwise window: Int) -> Int { map { $0.contextWindow ?? window }.min() ?? window }
}
