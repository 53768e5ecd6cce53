package import Engine
import Foundation
import Sandbox

/// Writes down what is said in recordings, by a model of the organisation's, and sees that it is paid.
package struct RecordingScribe: Sendable {
    /// What is sent of a recording: mono, small enough for every provider.
    static let longest = 5400
    static let bitsPerSecond = 32_000
    private static let largest = 24 << 20

    private let transcriber: any Transcriber
    private let book: any TranscriptionBook

    package init(transcriber: any Transcriber, book: any TranscriptionBook) {
        self.transcriber = transcriber
        self.book = book
    }

    /// The document with its words, or with why there are none. Throws `ToolFailure`, `CancellationError`.
    func written(
        _ document: DocumentReader.Document,
        parts: DocumentReader.Parts,
        reader: DocumentReader,
        in context: ToolContext
    ) async throws -> DocumentReader.Document {
        var document = document
        guard document.facts.contains("codec_type=audio") else { return document }
        guard let model = try await book.transcriptionModel(by: context.principal) else {
            document.facts.append(
                """
                What is said in it is not written down: no model for that is set up. Somebody adds one under Providers, of the \
                type transcription, such as whisper-1.
                """
            )
            return document
        }
        let recording = try await recording(parts, reader)
        let transcript = try await transcript(of: recording, by: model, in: context)
        document.facts.append("What is said in it, written down by \(model.name):")
        if recording.seconds >= Double(Self.longest) - 1 {
            document.facts.append("Only its first \(Self.longest / 60) minutes.")
        }
        document.text = transcript.text.isEmpty ? "(Nothing was heard.)" : transcript.text
        return document
    }

    private func recording(_ parts: DocumentReader.Parts, _ reader: DocumentReader) async throws -> Recording {
        if let complaint = DocumentProgram.complaint([.ffmpeg], for: "write recordings down") {
            throw ToolFailure(complaint)
        }
        let bytes = try await reader.inScratch(parts) { desk in
            _ = try await desk.run(DocumentScripts.sound(bitsPerSecond: Self.bitsPerSecond, seconds: Self.longest))
            return try desk.workspace.read("sound.mp3", limit: Self.largest).bytes
        }
        guard !bytes.isEmpty else { throw ToolFailure("There is no sound in it that can be read.") }
        let seconds = Double(bytes.count * 8) / Double(Self.bitsPerSecond)
        return Recording(name: "sound.mp3", mediaType: "audio/mpeg", bytes: bytes, seconds: seconds)
    }

    private func transcript(
        of recording: Recording,
        by model: ModelCandidate,
        in context: ToolContext
    ) async throws -> Transcript {
        let call = UUID.v7()
        if let price = model.price {
            let wish = BudgetReservation(
                holder: .run(context.run.id, epoch: BudgetReservation.background),
                call: call,
                cost: price.mostForRecording(ofSeconds: recording.seconds),
                currency: price.currency
            )
            guard case .granted = try await book.reserve(wish) else {
                throw ToolFailure("A budget does not allow to have the recording written down.")
            }
        }
        let begun = ContinuousClock.now
        let outcome: Result<Transcript, any Error>
        do {
            outcome = .success(try await transcriber.transcribe(recording, with: model))
        } catch {
            outcome = .failure(error)
        }
        await pay(outcome, recording, call: call, by: model, since: begun, in: context)
        do {
            return try outcome.get()
        } catch let error as ModelError {
            throw ToolFailure("It was not written down. \(error.message)", isTransient: error.isTransient)
        }
    }

    /// Stored in any case: a task that was cancelled cannot ask the database.
    private func pay(
        _ outcome: Result<Transcript, any Error>,
        _ recording: Recording,
        call: UUID,
        by model: ModelCandidate,
        since begun: ContinuousClock.Instant,
        in context: ToolContext
    ) async {
        let transcript = try? outcome.get()
        let usage = UsageRecord(
            id: call,
            modelID: model.modelID,
            modelName: model.name,
            tokens: transcript?.tokens ?? TokenUsage(input: 0, output: 0),
            cost: model.price.map { price in
                transcript.map { price.cost(of: $0, seconds: recording.seconds) } ?? 0
            },
            currency: model.price?.currency,
            responseTime: (ContinuousClock.now - begun) / .seconds(1),
            succeeded: transcript != nil
        )
        await Task { [book] in try? await book.record(usage, of: context.run.id) }.value
    }
}
