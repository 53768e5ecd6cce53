import Engine
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Storage

/// An agent that is asked by another program: a run like any other, followed to its end, or to where only a person can
/// move it. Whoever leaves finds the answer in the conversation.
struct MCPAsking: Sendable {
    let call: MCPCall
    let arguments: JSONValue
    /// Under which the caller wants to hear of progress; nil when it does not.
    let progress: JSONValue?

    private var services: WebServices { call.services }
    private var principal: Principal { call.identity.principal.program }

    /// Progress and signs of life, then the result. Throws when the person has too many streams open.
    func stream() throws(WebError) -> Response {
        let pass = try services.openStream(for: call.identity, conversation: nil)
        return Response(
            status: .ok,
            headers: EventStreamResponse.headers,
            body: ResponseBody { writer in
                try await writer.write(ByteBuffer(string: ": it is asked\n\n"))
                let beginning = try await begin()
                var (log, resting) = (RunProgress(), RestingRun?.none)
                if case .run(let run) = beginning {
                    for try await events in watch(run) {
                        let news = pass.take()
                        guard news.end != .dismissed else { return try await writer.finish(nil) }
                        events.forEach { log.take($0) }
                        var buffer = ByteBuffer()
                        if progress != nil {
                            for step in events.compactMap(Step.init) { buffer.writeString(frame(note(step))) }
                        }
                        if buffer.readableBytes == 0, news.isBeatDue { buffer.writeString(": still here\n\n") }
                        if buffer.readableBytes > 0 { try await writer.write(buffer) }
                        resting = try await rest(of: run, log)
                        if resting != nil { break }
                    }
                }
                let result = try await outcome(of: beginning, log, resting)
                try await writer.write(ByteBuffer(string: frame(.result(id: call.id, result))))
                try await writer.finish(nil)
            }.offTheLoop
        )
    }

    /// The result alone, for those who read no streams.
    func result() async throws -> JSONValue {
        let beginning = try await begin()
        var (log, resting) = (RunProgress(), RestingRun?.none)
        if case .run(let run) = beginning {
            for try await events in watch(run) {
                events.forEach { log.take($0) }
                resting = try await rest(of: run, log)
                if resting != nil { break }
            }
        }
        return try await outcome(of: beginning, log, resting)
    }

    private func watch(_ run: Run) -> RunEventSequence {
        services.hub.watch(run: run.id, after: 0, from: services.store, tick: StreamDesk.recheckInterval)
    }

    /// nil while it moves by itself. What a colleague asks is not in this log: it is looked for from time to time.
    private func rest(of run: Run, _ log: RunProgress) async throws -> RestingRun? {
        log.mayRest ? try await services.resting(run, by: principal) : nil
    }

    private enum Beginning {
        case run(Run)
        case refused(String)
    }

    /// What cannot be begun is a result in words.
    private func begin() async throws -> Beginning {
        do {
            return try await start()
        } catch let error as StorageError {
            switch error.code {
            case .invalid, .conflict, .busy: return .refused(error.message)
            default: throw error
            }
        }
    }

    private func start() async throws -> Beginning {
        if let key = call.key, let earlier = try await services.store.run(withKey: key, by: principal) {
            return .run(earlier)
        }
        let name = arguments["agent"]?.string
        let agent = try await call.activeAgents().first { $0.name == name }
        guard name == nil || agent != nil else { return .refused("There is no agent called \(name ?? "").") }
        guard let conversation = try await conversation() else { return .refused("There is no such conversation.") }
        let turn = TurnInput(
            conversationID: conversation,
            content: arguments["message"]?.string ?? "",
            agentID: agent?.id,
            idempotencyKey: call.key
        )
        guard let start = try await services.start(turn, by: principal) else {
            return .refused("There is no such conversation.")
        }
        return .run(start.run)
    }

    private func conversation() async throws -> UUID? {
        guard let text = arguments["conversation_id"]?.string else {
            return try await services.store.createConversation(title: nil, by: principal).id
        }
        return UUID(uuidString: text)
    }

    private func outcome(
        of beginning: Beginning,
        _ log: RunProgress,
        _ resting: RestingRun?
    ) async throws -> JSONValue {
        let run: Run
        switch beginning {
        case .run(let begun): run = begun
        case .refused(let reason): return .failure(reason)
        }
        if let resting {
            let place = "get_conversation of \(run.conversationID.text)"
            return .failure("\(resting.plea); then \(place) has the answer.", resting.structured)
        }
        guard log.hasEnded else {
            return .failure("The server ends; the answer goes on as run \(run.id.text) in ALMA.")
        }
        if let failure = log.failure { return .failure(failure.message) }
        let message = try await services.store.message(run.messageID, in: run.conversationID, by: principal)
        guard let message else { return .failure("The run ended without an answer: it was stopped.") }
        return .success(
            message.content,
            .object([
                "answer": .string(message.content), "conversation_id": .string(run.conversationID.text),
                "run_id": .string(run.id.text),
            ])
        )
    }

    private func note(_ step: Step) -> MCPMessage {
        .notification(
            method: "notifications/progress",
            parameters: .object([
                "progressToken": progress ?? .null, "progress": .number(Decimal(step.place)),
                "message": .string(step.text),
            ])
        )
    }

    private func frame(_ message: MCPMessage) -> String { "event: message\ndata: \(message.text)\n\n" }
}

extension RestingRun {
    /// As it is for programs.
    fileprivate var structured: JSONValue {
        .object([
            "conversation_id": .string(run.conversationID.text), "run_id": .string(run.id.text),
            "state": .string(run.state.rawValue),
            "waiting_for": .array(
                asked.map { call in
                    .object([
                        "run_id": .string(call.runID.text), "call_id": .string(call.callID),
                        "kind": .string(call.kind.rawValue), "tool_name": .string(call.toolName),
                        "tool_input": (try? JSONValue(parsing: call.toolInput)) ?? .null,
                    ])
                }
            ),
        ])
    }
}

extension MCPAsking {
    /// Something that a run did, for whoever waits for it.
    struct Step: Sendable {
        /// In the run's log: it only grows.
        var place: Int64
        var text: String

        /// nil of what tells nothing new.
        init?(_ event: RunEvent) {
            let data = try? JSONValue(parsing: event.data)
            place = event.sequence
            switch event.kind {
            case .runStatus: text = "The run is \(data?["state"]?.string ?? "under way")."
            case .agentStart: text = "\(data?["agent_name"]?.string ?? "The agent") begins."
            case .toolCall: text = "It uses \(data?["tool_name"]?.string ?? "a tool")."
            case .approvalRequest: text = "It waits for a person in ALMA: \(data?["tool_name"]?.string ?? "")."
            default: return nil
            }
        }
    }
}
