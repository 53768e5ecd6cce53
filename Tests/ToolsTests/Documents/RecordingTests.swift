import Engine
import Foundation
import Synchronization
import Testing

@testable import Tools

/// What is said in recordings, written down by a model that a test plays; the sound is made by ffmpeg.
@Suite(.enabled(if: DocumentBench.canRun, "scripts/setup documents installs the programs"), .timeLimit(.minutes(2)))
struct RecordingTests {
    private func bench(_ book: Book, _ body: (DocumentBench) async throws -> Void) async throws {
        try await DocumentBench.with { bench in
            var bench = bench
            bench.scribe = RecordingScribe(transcriber: book, book: book)
            let script = """
                ffmpeg -v error -f lavfi -i sine=duration=3 tone.wav &&
                ffmpeg -v error -f lavfi -i testsrc=duration=1:size=64x48:rate=5 silent.mp4
                """
            try await bench.make(script)
            try await body(bench)
        }
    }

    @Test func whatIsSaidIsWrittenDownAndPaid() async throws {
        let book = Book { _ in Transcript(text: "Three boats.", seconds: 3) }
        try await bench(book) { bench in
            let text = try await bench.read("tone.wav")
            #expect(text.contains("written down by whisper-1:") && text.hasSuffix("\n\nThree boats."))
            let heard = try #require(book.heard.withLock { $0.first })
            #expect(heard.mediaType == "audio/mpeg" && (2.5...4).contains(heard.seconds))
            let usage = try #require(book.paid.withLock { $0.first })
            #expect(usage.succeeded && usage.cost == Decimal(string: "0.0003") && usage.currency == "USD")
            let reserved = try #require(book.reserved.withLock { $0.first })
            #expect(reserved.call == usage.id && reserved.cost >= Decimal(string: "0.0003")!)
        }
    }

    @Test func withoutAModelThatIsSaid() async throws {
        let book = Book(hasModel: false) { _ in Transcript(text: "") }
        try await bench(book) { bench in
            let text = try await bench.read("tone.wav")
            #expect(text.contains("no model for that is set up") && text.contains("codec_type=audio"))
            #expect(book.heard.withLock { $0.isEmpty })
        }
    }

    @Test func aFilmWithoutSoundIsNotSent() async throws {
        let book = Book { _ in Transcript(text: "x") }
        try await bench(book) { bench in
            let text = try await bench.read("silent.mp4")
            #expect(text.contains("codec_type=video"))
            #expect(book.heard.withLock { $0.isEmpty })
        }
    }

    @Test func whatIsSaidInAFilmIsWrittenDown() async throws {
        let book = Book { _ in Transcript(text: "Three boats.", seconds: 3) }
        try await bench(book) { bench in
            try await bench.make("ffmpeg -v error -i silent.mp4 -i tone.wav film.mp4")
            let text = try await bench.read("film.mp4")
            #expect(text.contains("codec_type=video") && text.hasSuffix("\n\nThree boats."), "\(text)")
            let heard = try #require(book.heard.withLock { $0.first })
            #expect(heard.mediaType == "audio/mpeg" && (2.5...4).contains(heard.seconds))
        }
    }

    @Test func aBudgetHoldsBeforeTheCall() async throws {
        let book = Book(grants: false) { _ in Transcript(text: "x") }
        try await bench(book) { bench in
            let failure = await #expect(throws: ToolFailure.self) { try await bench.read("tone.wav") }
            #expect(failure?.message.contains("budget") == true)
            #expect(book.heard.withLock { $0.isEmpty } && book.paid.withLock { $0.isEmpty })
        }
    }

    @Test func aFailureIsSaidAndCounted() async throws {
        let book = Book { _ in throw ModelError(.unauthorized, "The provider refused the API key.") }
        try await bench(book) { bench in
            let failure = await #expect(throws: ToolFailure.self) { try await bench.read("tone.wav") }
            #expect(failure?.message == "It was not written down. The provider refused the API key.")
            #expect(book.paid.withLock { $0.map(\.succeeded) } == [false])
        }
    }
}

/// A model, and what it was asked and paid.
private final class Book: Transcriber, TranscriptionBook {
    let heard = Mutex<[Recording]>([])
    let reserved = Mutex<[BudgetReservation]>([])
    let paid = Mutex<[UsageRecord]>([])
    private let hasModel: Bool
    private let grants: Bool
    private let answer: @Sendable (Recording) throws -> Transcript

    init(hasModel: Bool = true, grants: Bool = true, _ answer: @escaping @Sendable (Recording) throws -> Transcript) {
        (self.hasModel, self.grants, self.answer) = (hasModel, grants, answer)
    }

    func transcribe(_ recording: Recording, with model: ModelCandidate) async throws -> Transcript {
        heard.withLock { $0.append(recording) }
        return try answer(recording)
    }

    func transcriptionModel(by principal: Principal) async throws -> ModelCandidate? {
        guard hasModel else { return nil }
        return ModelCandidate(
            modelID: .v7(),
            name: "whisper-1",
            endpoint: ProviderEndpoint(kind: .openai, baseURL: "https://example.org"),
            price: .init(input: 0, output: 0, perMinute: Decimal(string: "0.006"), currency: "USD")
        )
    }

    func reserve(_ reservation: BudgetReservation) async throws -> BudgetAnswer {
        reserved.withLock { $0.append(reservation) }
        return grants ? .granted([]) : .refused([])
    }

    func record(_ usage: UsageRecord, of run: UUID) async throws { paid.withLock { $0.append(usage) } }
}
