import Engine
import Foundation
import Storage

@testable import Web

// Answers, whole and growing, and what they ask.
extension Samples {
    func answer(_ run: Run, html: String, tree: TurnTree? = nil) -> AnswerView {
        let metadata = """
            {"model":"atlas-large","usage":{"prompt_tokens":12480,"completion_tokens":1906},"response_time":38.2,\
            "cost":0.061,"currency":"USD","finish_reason":"stop"}
            """
        let facts = AnswerView.Facts(
            id: run.messageID,
            agent: text("Assistant", "助手"),
            date: ago(29),
            run: run,
            metadata: AnswerMetadata(json: metadata),
            tree: tree,
            isWhole: run.parentRunID != nil,
            canRetry: true,
            conversation: run.conversationID,
            message: run.messageID,
            versions: [id(94), run.messageID],
            attachments: attachments,
            choices: choices
        )
        return AnswerView(facts, html: html, csrf: "token", voice: voice)
    }

    var live: LiveAnswer {
        var live = LiveAnswer()
        let events: [(RunEvent.Kind, String)] = [
            (.runStatus, #"{"state":"running","attempt":2}"#),
            (.agentStart, #"{"agent_name":"Assistant"}"#),
            (.toolCall, #"{"call_id":"1","tool_name":"read_file","tool_input":{"path":"src/queue/retry.py"}}"#),
            (.toolResult, #"{"call_id":"1","success":true}"#),
            (.toolCall, #"{"call_id":"2","tool_name":"run_command","tool_input":{"command":"pytest -q"}}"#),
            (.toolResult, #"{"call_id":"2","success":false,"error":"x"}"#),
            (.toolCall, #"{"call_id":"3","tool_name":"git_push","tool_input":{"remote":"origin"}}"#),
            (.approvalRequest, #"{"call_id":"3","tool_name":"git_push","tool_input":{"remote":"origin"}}"#),
            (.toolCall, Self.call("4", "ask_person", Self.question)),
            (.approvalRequest, Self.call("4", "ask_person", Self.question, kind: "question")),
            (.toolCall, Self.call("5", "send_mail", #"{"to":"ops@harbour.example"}"#)),
            (.approvalRequest, Self.call("5", "send_mail", #"{"to":"ops@harbour.example"}"#, kind: "maybe_executed")),
            (.contentStream, #"{"content_delta":"While the push waits","is_complete":false}"#),
        ]
        for (index, event) in events.enumerated() {
            live.feed(RunEvent(sequence: Int64(index + 1), kind: event.0, data: event.1, timestamp: voice.now))
        }
        return live
    }

    static let question = """
        {"question":"Which of the three environments is to be changed first?",\
        "choices":["eu, because it has the most load","us","Another one"],"allows_free_text":true}
        """

    private static func call(_ id: String, _ name: String, _ input: String, kind: String? = nil) -> String {
        let more = kind.map { #","kind":"\#($0)","expires_at":"2026-08-03T18:00:00.000Z""# } ?? ""
        return #"{"call_id":"\#(id)","tool_name":"\#(name)","tool_input":\#(input)\#(more)}"#
    }

    /// An answer that is none of the choices.
    var wrongReply: ToolQuestion.Draft {
        ToolQuestion.Draft(callID: "4", choice: "us", text: Samples.hostile, error: voice.words["question.wrong"])
    }

    func growing(_ run: Run, tree: TurnTree) -> GrowingView {
        let html = text(
            "<p>While the push waits for you, here is what is settled. The delay now doubles from 0.5 s to a ceiling of 60 s.</p><p>The old delay is still set in <code>deploy/eu/values.yaml</code>, line 41; the other two environments</p>",
            "<p>推送等你决定，先说已经确定的。间隔现在从0.5秒起逐次加倍，上限60秒。</p><p>旧间隔还留在<code>deploy/eu/values.yaml</code>第41行；另外两个环境</p>"
        )
        return GrowingView(
            run: run,
            agent: text("Assistant", "助手"),
            live: live,
            tree: tree,
            isWhole: run.parentRunID != nil,
            html: html,
            csrf: "token",
            voice: voice
        )
    }
}
