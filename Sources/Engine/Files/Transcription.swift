package import Foundation

/// A recording whose words are wanted.
package struct Recording: Sendable {
    /// Its ending says the format.
    package var name: String
    package var mediaType: String
    package var bytes: [UInt8]
    package var seconds: Double

    package init(name: String, mediaType: String, bytes: [UInt8], seconds: Double) {
        self.name = name
        self.mediaType = mediaType
        self.bytes = bytes
        self.seconds = seconds
    }
}

/// What is said in a recording, and what the provider says that it took.
package struct Transcript: Sendable, Equatable {
    package var text: String
    /// As the provider names it.
    package var language: String?
    package var tokens: TokenUsage?
    /// Of sound, where the provider counts by them.
    package var seconds: Double?

    package init(text: String, language: String? = nil, tokens: TokenUsage? = nil, seconds: Double? = nil) {
        self.text = text
        self.language = language
        self.tokens = tokens
        self.seconds = seconds
    }
}

/// Writes down what is said in recordings: `Providers`', or a script in tests.
package protocol Transcriber: Sendable {
    /// Throws `ModelError`, or `CancellationError` when the task was cancelled.
    func transcribe(_ recording: Recording, with model: ModelCandidate) async throws -> Transcript
}

/// Which model writes recordings down, and what it costs: `Storage`'s.
package protocol TranscriptionBook: Sendable {
    /// The one of the principal's organisation; nil when there is none.
    func transcriptionModel(by principal: Principal) async throws -> ModelCandidate?

    /// Sets the worst case aside, so that a budget holds.
    func reserve(_ reservation: BudgetReservation) async throws -> BudgetAnswer

    /// Stores what a call has cost, once.
    func record(_ usage: UsageRecord, of run: UUID) async throws
}

extension ModelCandidate.Price {
    /// What a transcription costs by what the provider counted; where it counted nothing, by the length of the recording.
    package func cost(of transcript: Transcript, seconds: Double) -> Decimal {
        if let tokens = transcript.tokens, perMinute == nil { return cost(of: tokens) }
        return cost(ofSeconds: transcript.seconds ?? seconds)
    }

    /// Before the call: by the minute where that is the price, else with as many tokens as no second of speech has.
    package func mostForRecording(ofSeconds seconds: Double) -> Decimal {
        guard perMinute == nil else { return cost(ofSeconds: seconds) }
        let most = Int(min(seconds, 1_000_000).rounded(.up))
        return cost(of: TokenUsage(input: most * 100, output: most * 20))
    }

    private func cost(ofSeconds seconds: Double) -> Decimal {
        guard let perMinute, seconds.isFinite, seconds > 0 else { return 0 }
        var exact = perMinute * Decimal(min(seconds, 1_000_000).rounded(.up)) / 60
        var rounded = Decimal()
        NSDecimalRound(&rounded, &exact, 6, .up)
        return rounded
    }
}
