import Engine
import Foundation
import Testing

@testable import Providers

/// Pictures as each vendor wants them.
@Suite struct PictureRequestTests {
    private let request = ModelRequest(
        instruction: "",
        messages: [
            .user(
                "Look",
                pictures: [
                    ModelPicture(fileID: UUID(), name: "a.png", mediaType: "image/png", data: "AQID"),
                    ModelPicture(fileID: UUID(), name: "not fetched", mediaType: "image/png"),
                ]
            ),
            .user("plain", pictures: [ModelPicture(fileID: UUID(), name: "b", mediaType: "image/png")]),
        ]
    )

    @Test func openAI() throws {
        let body = OpenAIRequestBody(model: "m", kind: .custom, request: request).bytes
        let messages = try #require(JSONValue(body))["messages"]?.array ?? []
        #expect(
            messages.first?["content"]?.text
                == #"[{"image_url":{"url":"data:image/png;base64,AQID"},"type":"image_url"},{"text":"Look","type":"text"}]"#
        )
        #expect(messages.last?["content"]?.string == "plain")
    }

    @Test func anthropic() throws {
        let body = AnthropicRequestBody(model: "m", request: request).bytes
        let content = try #require(JSONValue(body))["messages"]?.array?.first?["content"]?.array ?? []
        #expect(content.count == 3)
        #expect(
            content.first?.text
                == #"{"source":{"data":"AQID","media_type":"image/png","type":"base64"},"type":"image"}"#
        )
        #expect(content.last?["text"]?.string == "plain")
    }
}
