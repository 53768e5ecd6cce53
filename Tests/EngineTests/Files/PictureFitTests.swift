import Foundation
import Testing

@testable import Engine

/// Pictures for models that see, words for those that do not.
@Suite struct PictureFitTests {
    private struct Album: PictureSource {
        func picture(_ picture: ModelPicture, for run: Run) async -> (bytes: [UInt8], mediaType: String)? {
            picture.name == "lost.png" ? nil : ([1, 2, 3], "image/jpeg")
        }

        func words(in picture: ModelPicture, for run: Run) async -> String? { "words of \(picture.name)" }
    }

    private static func picture(_ name: String) -> ModelPicture {
        ModelPicture(fileID: UUID(), name: name, mediaType: "image/png")
    }

    private static func fitted(_ messages: [ModelMessage], sees: Bool) async -> [ModelMessage] {
        let run = Run(
            id: .v7(),
            organisationID: .v7(),
            userID: .v7(),
            conversationID: .v7(),
            agentID: .v7(),
            userMessageID: .v7(),
            messageID: .v7(),
            state: .running,
            attempt: 1,
            createdAt: Date()
        )
        let candidate = ModelCandidate(
            modelID: .v7(),
            name: "m",
            endpoint: ProviderEndpoint(kind: .custom, baseURL: "http://x"),
            supportsVision: sees
        )
        let request = ModelRequest(instruction: "", messages: messages)
        return await PictureFit(source: Album(), run: run).fitted(request, for: candidate).messages
    }

    @Test func whoSeesGetsThePicture() async throws {
        let messages = await Self.fitted(
            [.user("Look", pictures: [Self.picture("a.png"), Self.picture("lost.png")])],
            sees: true
        )
        guard case .user("Look", let pictures) = try #require(messages.first) else { return #expect(Bool(false)) }
        #expect(pictures.map(\.name) == ["a.png"])
        #expect(pictures.first?.data == "AQID" && pictures.first?.mediaType == "image/jpeg")
        #expect(messages[0].estimatedTokens > ModelPicture.tokens)
        #expect(!messages[0].json.contains("AQID"), "what was sent is kept without its bytes")
    }

    @Test func whoSeesNothingGetsWords() async throws {
        let messages = await Self.fitted(
            [.user("Look", pictures: [Self.picture("a.png")]), .user("plain")],
            sees: false
        )
        guard case .user(let text, let pictures) = messages[0] else { return #expect(Bool(false)) }
        #expect(pictures.isEmpty && text.hasPrefix("Look") && text.contains("words of a.png"))
        #expect(messages[1] == .user("plain"))
    }

    @Test func onlyTheNewestComeAlong() async throws {
        let messages = (0..<5).map { ModelMessage.user("\($0)", pictures: [Self.picture("a"), Self.picture("b")]) }
        let counts = await Self.fitted(messages, sees: true).map { message in
            if case .user(_, let pictures) = message { pictures.count } else { 0 }
        }
        #expect(counts == [0, 2, 2, 2, 2])
    }
}
