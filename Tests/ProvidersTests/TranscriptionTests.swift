import Engine
import Fetch
import Foundation
import Testing

@testable import Providers

/// Recordings on their way to a server of the test's own.
struct TranscriptionTests {
    private let recording = Recording(
        name: "sound.mp3",
        mediaType: "audio/mpeg",
        bytes: Array("sound".utf8),
        seconds: 60
    )

    private func written(_ server: ScriptedServer, _ kind: ProviderKind = .openai) async throws -> Transcript {
        let model = ModelCandidate(modelID: .v7(), name: "whisper-1", endpoint: server.endpoint(kind))
        return try await ProviderModels.test().transcribe(recording, with: model)
    }

    private func answers(_ status: Int, _ body: String) throws -> ScriptedServer {
        try ScriptedServer { peer in
            guard peer.request() != nil else { return }
            peer.answer(status, "Content-Type: application/json\r\n", body)
        }
    }

    @Test func theRecordingGoesAsAForm() async throws {
        let server = try ScriptedServer { peer in
            guard let request = peer.request() else { return }
            #expect(request.head.hasPrefix("POST /v1/audio/transcriptions "))
            #expect(request.head.contains("Authorization: Bearer sk-test-key"))
            #expect(request.head.contains("Content-Type: multipart/form-data; boundary="))
            #expect(request.body.contains("name=\"model\"\r\n\r\nwhisper-1\r\n"))
            #expect(request.body.contains("filename=\"sound.mp3\"\r\nContent-Type: audio/mpeg\r\n\r\nsound\r\n--"))
            peer.answer(200, "", #"{"text":"Three boats.","language":"english","duration":59.5}"#)
        }
        let transcript = try await written(server)
        #expect(transcript == Transcript(text: "Three boats.", language: "english", seconds: 59.5))
    }

    @Test(
        arguments: [
            (
                #"{"text":"x","usage":{"type":"tokens","input_tokens":14,"output_tokens":3}}"#,
                TokenUsage(input: 14, output: 3), nil
            ),
            (#"{"text":"x","usage":{"type":"duration","seconds":9}}"#, nil, 9),
            (#"{"text":"x"}"#, nil, nil), (#"{"text":"x","usage":null,"duration":-4}"#, nil, nil),
        ] as [(String, TokenUsage?, Double?)]
    )
    func whatItTookIsRead(body: String, tokens: TokenUsage?, seconds: Double?) async throws {
        let transcript = try await written(answers(200, body))
        #expect(transcript.tokens == tokens && transcript.seconds == seconds)
    }

    @Test(arguments: [
        (200, "no JSON", ModelError.Code.malformed), (200, #"{"segments":[]}"#, .malformed),
        (401, #"{"error":{"message":"sk-test-key is wrong"}}"#, .unauthorized), (404, "{}", .notFound),
        (429, "{}", .rateLimited), (500, "", .unavailable), (413, #"{"error":"too large"}"#, .rejected),
    ])
    func whatFailsIsSaid(status: Int, body: String, code: ModelError.Code) async throws {
        let server = try answers(status, body)
        let error = await #expect(throws: ModelError.self) { try await written(server) }
        #expect(error?.code == code && error?.message.contains("sk-test-key") == false)
    }

    @Test(arguments: [ProviderKind.anthropic, .builtin]) func othersOfferNone(kind: ProviderKind) async throws {
        let server = try answers(200, #"{"text":"x"}"#)
        let error = await #expect(throws: ModelError.self) { try await written(server, kind) }
        #expect(error?.code == .notConfigured && server.connections == 0)
    }

    @Test func whatItCostsIsCountedByWhatIsThePrice() {
        let byMinute = ModelCandidate.Price(input: 0, output: 0, perMinute: Decimal(string: "0.006"), currency: "USD")
        let byToken = ModelCandidate.Price(input: 6, output: 10, currency: "USD")
        let counted = Transcript(text: "", tokens: TokenUsage(input: 1000, output: 100), seconds: 30)
        #expect(byMinute.cost(of: counted, seconds: 600) == Decimal(string: "0.003"))
        #expect(byMinute.cost(of: Transcript(text: ""), seconds: 61) == Decimal(string: "0.0061"))
        #expect(byToken.cost(of: counted, seconds: 600) == Decimal(string: "0.007"))
        #expect(byToken.cost(of: Transcript(text: ""), seconds: 600) == 0)
        #expect(byToken.mostForRecording(ofSeconds: 10) == Decimal(string: "0.008"))
    }
}
