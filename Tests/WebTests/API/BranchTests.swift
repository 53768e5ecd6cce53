import Foundation
import HTTPTypes
import Testing

@testable import Web

@Suite struct BranchTests {
    @Test func anEditedMessageBranchesAndTheBranchesAreSwitched() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            try await ada.addModel()
            let id = try await ada.newConversation()
            let path = "/v1/conversations/\(id)"
            _ = try await ada.post("\(path)/messages", #"{"content":"one"}"#)
            let before = try await ada.get("\(path)/messages")
            let said = before.string("data.0.message_id") ?? ""
            let edited = try await ada.post("\(path)/messages/\(said)/edits", #"{"content":"two words"}"#)
            #expect(edited.status == 201 && edited.string("data.content") == "two words ")
            let after = try await ada.get("\(path)/messages")
            #expect(after.number("pagination.total") == 2 && after.string("data.0.content") == "two words")
            #expect(after.flag("data.0.is_edited") == true && after.number("data.0.edit_count") == 1)
            #expect(after.count("data.0.version_ids") == 2 && after.string("data.0.version_ids.0") == said)
            let all = try await ada.get("\(path)/messages?branch=all")
            #expect(all.number("pagination.total") == 4 && all.string("data.0.content") == "one")
            #expect(try await ada.get("\(path)/messages?branch=some").status == 422)

            let switched = try await ada.put("\(path)/leaf", #"{"message_id":"\#(said)"}"#)
            #expect(switched.string("data.leaf_message_id") == before.string("data.1.message_id"))
            #expect(try await ada.get("\(path)/messages").string("data.0.content") == "one")
        }
    }

    @Test func anotherAnswerStreamsLikeAnyOther() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            try await ada.addModel()
            let id = try await ada.newConversation()
            let path = "/v1/conversations/\(id)"
            let first = try await ada.post("\(path)/messages", #"{"content":"one two"}"#)
            let answer = first.string("data.message_id") ?? ""
            let streamed = try await ada.post(
                "\(path)/messages/\(answer)/regenerations",
                "{}",
                headers: [.accept: "text/event-stream"]
            )
            let frames = Frame.all(in: streamed.text)
            #expect(frames.last?.string("state") == "completed")
            let messages = try await ada.get("\(path)/messages")
            #expect(messages.number("pagination.total") == 2)
            #expect(messages.string("data.1.message_id") != answer && messages.count("data.1.version_ids") == 2)
        }
    }

    @Test func anotherAgentAnswersAnew() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            try await ada.addModel()
            let id = try await ada.newConversation()
            let path = "/v1/conversations/\(id)"
            let first = try await ada.post("\(path)/messages", #"{"content":"one two"}"#)
            let run = first.string("data.run_id") ?? ""
            let usual = try await ada.get("/v1/runs/\(run)").string("data.agent_id")
            let made = try await ada.post(
                "/v1/agents",
                #"{"name":"poet","display_name":"Poet","instruction":"Rhyme."}"#
            )
            let poet = made.string("data.agent_id") ?? ""
            let answer = first.string("data.message_id") ?? ""
            let again = try await ada.post(
                "\(path)/messages/\(answer)/regenerations",
                #"{"agent_id":"\#(poet)"}"#
            )
            let other = again.string("data.run_id") ?? ""
            #expect(other != run && !poet.isEmpty)
            #expect(try await ada.get("/v1/runs/\(other)").string("data.agent_id") == poet)
            #expect(try await ada.get("/v1/runs/\(run)").string("data.agent_id") == usual)
            let messages = try await ada.get("\(path)/messages")
            #expect(messages.string("data.1.agent_id") == poet && messages.count("data.1.version_ids") == 2)
        }
    }

    @Test func whileAnAnswerIsWrittenNothingBranches() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            try await ada.addModel()
            let id = try await ada.newConversation()
            let path = "/v1/conversations/\(id)"
            let busy = try await ada.post(
                "\(path)/messages",
                #"{"content":"wait"}"#,
                headers: [.prefer: "respond-async"]
            )
            let said = busy.string("data.user_message_id") ?? ""
            for answer in [
                try await ada.post("\(path)/messages/\(said)/edits", #"{"content":"x"}"#),
                try await ada.post("\(path)/messages/\(said)/regenerations"),
                try await ada.put("\(path)/leaf", #"{"message_id":"\#(said)"}"#),
                try await ada.delete("\(path)/messages/\(said)"),
            ] {
                #expect(answer.status == 409 && answer.string("error.message")?.contains("being written") == true)
            }
            _ = try await ada.post("/v1/runs/\(busy.string("data.run_id") ?? "")/cancellation")
        }
    }

    @Test func aDeletedMessageIsGoneAndComesBack() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            try await ada.addModel()
            let id = try await ada.newConversation()
            let path = "/v1/conversations/\(id)/messages"
            for word in ["one", "two"] { _ = try await ada.post(path, #"{"content":"\#(word)"}"#) }
            let second = try await ada.get(path).string("data.2.message_id") ?? ""
            #expect(try await ada.delete("\(path)/\(second)").status == 204)
            #expect(try await ada.get(path).number("pagination.total") == 2)
            #expect(try await ada.get("\(path)/\(second)").status == 404)
            let back = try await ada.post("\(path)/\(second)/restoration")
            #expect(back.status == 200 && back.string("data.content") == "two")
            #expect(try await ada.get(path).number("pagination.total") == 4)
        }
    }
}
