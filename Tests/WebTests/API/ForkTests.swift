import Foundation
import HTTPTypes
import Testing

@Suite struct ForkTests {
    @Test func aForkWithOtherWordsStandsBesideTheAnswerAndIsCompared() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            try await ada.addModel()
            let id = try await ada.newConversation()
            let path = "/v1/conversations/\(id)/messages"
            let first = try await ada.post(path, #"{"content":"same one"}"#).string("data.run_id") ?? ""
            #expect(try await ada.get("/v1/runs/\(first)/steps").count("data") == 0)
            let fork = try await ada.post(
                "/v1/runs/\(first)/fork",
                #"{"step":0,"changes":{"input":"same two"}}"#
            )
            #expect(fork.status == 201 && fork.string("data.content") == "same two ")
            let second = fork.string("data.run_id") ?? ""
            #expect(try await ada.get(path).string("data.0.content") == "same two")
            let compared = try await ada.get("/v1/runs/\(first)/compare/\(second)")
            #expect(compared.string("data.second.forked_from") == first)
            #expect(compared.number("data.second.forked_step") == 0)
            #expect(compared.string("data.first.content") == "same one ")
            #expect(compared.string("data.differences.0.kind") == "removed")
            #expect(compared.string("data.differences.1.text") == "same two ")
            #expect(compared.number("data.first.usage.total_tokens") == 12)
            #expect(compared.text.matches(of: /"duration":[0-9.]+/).count == 2)
            #expect(compared.count("data.first.costs") == 0, "the model has no price")
            #expect(try await ada.post("/v1/runs/\(first)/fork", #"{"step":1}"#).status == 422)
            let eve = try await caller.newcomer("eve")
            let own = try await eve.newConversation()
            try await eve.addModel()
            let hers = try await eve.post("/v1/conversations/\(own)/messages", #"{"content":"x"}"#)
            let run = hers.string("data.run_id") ?? ""
            #expect(try await eve.get("/v1/runs/\(run)/compare/\(first)").status == 404)
            #expect(try await eve.get("/v1/runs/\(first)/compare/\(run)").status == 404)
        }
    }

    @Test func aRunIsForkedAndComparedOnItsPages() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            try await visitor.addModel()
            let address = try await visitor.start("echo first")
            let page = try await visitor.finished(address)
            let run = String(try #require(page.text.firstMatch(of: /href="(\/runs\/[0-9a-f-]+)"/)).1)
            #expect(try await visitor.get(run).text.contains("<h1>Run of Assistant</h1>"))
            let form = try await visitor.get("\(run)/fork")
            #expect(form.text.contains(">\necho first</textarea>") && form.text.contains("From the beginning"))
            let instruction = String(
                try #require(form.text.firstMatch(of: /name="instruction"[^>]*>\n([^<]*)<\/textarea>/)).1
            )
            let fields = [("step", "0"), ("content", "echo second"), ("instruction", instruction), ("key", "k")]
            let empty = try await visitor.submit("\(run)/fork", [("step", "0"), ("content", " ")])
            #expect(empty.status == 422)
            let forked = try await visitor.post("\(run)/fork", fields)
            #expect(forked.status == 200 && visitor.address == "\(address)#end")
            let after = try await visitor.finished(address)
            #expect(after.text.contains("data-said>echo second</p>") && after.text.contains("<span>2 / 2</span>"))
            let other = String(try #require(after.text.firstMatch(of: /href="(\/runs\/[0-9a-f-]+)"/)).1)
            let detail = try await visitor.get(other)
            let compare = String(try #require(detail.text.firstMatch(of: /href="(\/runs\/[^"]+\/compare\/[^"]+)"/)).1)
            let compared = try await visitor.get(compare)
            #expect(
                compared.text.contains("<p class=\"removed\">") && compared.text.contains("<span>echo second </span>")
            )
        }
    }
}
