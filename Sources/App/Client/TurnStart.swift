import Engine
import Fetch
import Foundation

/// Says something in a conversation, a new one where none is named. Copies of one know of the same conversation: whoever says
/// something may be given up while somebody else cleans up.
struct TurnStart: Sendable {
    private struct Place: Sendable {
        var conversation: String?
        /// The new one, while nothing is said in it.
        var made: String?
    }

    /// How long whoever leaves waits for the server's answer.
    private static let patience = Duration.seconds(10)

    let client: ServerClient
    private let place: Locked<Place>
    var agent: String?
    var model: String?
    var files: [InputFile] = []

    init(client: ServerClient, conversation: String?) {
        (self.client, place) = (client, Locked(Place(conversation: conversation)))
    }

    /// nil until something is said in a new one.
    var conversation: String? { place.withLock { $0.conversation } }

    func say(_ content: String) async throws -> WatchedRun {
        let conversation = try await found()
        try Task.checkCancellation()
        var fields: [String: JSONValue] = ["content": .string(content)]
        fields["agent_id"] = agent.map { .string($0) }
        fields["model_id"] = model.map { .string($0) }
        if !files.isEmpty { fields["attachments"] = .array(try await upload(to: conversation)) }
        let run = try await send(.object(fields), to: conversation)
        place.withLock { $0 = Place(conversation: conversation) }
        return WatchedRun(turn: run, conversation: conversation)
    }

    /// For whoever says nothing else, whatever becomes of it.
    func sayOnce(_ content: String) async throws -> WatchedRun {
        do {
            return try await say(content)
        } catch {
            await leave()
            throw error
        }
    }

    /// Deletes the conversation that was made in vain, if one was; also for a task that was cancelled.
    func leave() async {
        let made = place.withLock { place in
            defer { place.made = nil }
            return place.made
        }
        guard let made else { return }
        await Task { await delete(made) }.value
    }

    private func delete(_ id: String) async {
        // A message may have come though its answer was lost.
        guard let found = try? await client.get("/v1/conversations/\(id)"), found["message_count"]?.int == 0 else {
            return
        }
        try? await client.delete("/v1/conversations/\(id)")
    }

    /// One that was made for a message that was refused is good for the next.
    private func found() async throws -> String {
        if let known = place.withLock({ $0.conversation ?? $0.made }) { return known }
        try Task.checkCancellation()
        let id = try await make()
        place.withLock { $0.made = id }
        return id
    }

    /// A new one. Whoever leaves meanwhile has to wait for the answer: without it nobody knows what is to be deleted.
    private func make() async throws -> String {
        // It outlives a cancellation on purpose, but not for long.
        let making = Task { [client] in
            let answer = try await client.post("/v1/conversations", .object([:]))
            guard let id = answer["conversation_id"]?.string else { throw CommandFailure.notALMA(client.server) }
            return id
        }
        return try await withTaskCancellationHandler {
            try await making.value
        } onCancel: {
            Terminal.note("Leaving as soon as the server has answered. Ctrl-C once more leaves at once.")
            Task {
                // Nobody cancels it.
                try? await Task.sleep(for: Self.patience)
                making.cancel()
            }
        }
    }

    /// With a key, so that it is said once, however often the connection breaks.
    private func send(_ message: JSONValue, to conversation: String) async throws -> String {
        let headers = [("Idempotency-Key", UUID().uuidString), ("Prefer", "respond-async")]
        var connection = Reconnection(place: nil, patience: .seconds(30))
        while true {
            do {
                let path = "/v1/conversations/\(conversation)/messages"
                let run = try await client.post(path, message, headers: headers)
                if let id = run["run_id"]?.string { return id }
                throw CommandFailure.notALMA(client.server)
            } catch let failure as CommandFailure {
                switch connection.lost(failure, at: .now) {
                case .giveUp(let failure): throw failure
                case .again(let pause): try await Task.sleep(for: pause)
                }
            }
        }
    }

    private func upload(to conversation: String) async throws -> [JSONValue] {
        var attachments: [JSONValue] = []
        for file in files {
            let form = FetchForm(name: file.fileName, try file.bytes())
            var call = ServerCall("POST", "/v1/conversations/\(conversation)/files")
            call.set(form.body, type: form.type)
            call.totalTimeout = nil
            let kept = try await client.data(call).array ?? []
            attachments += kept.compactMap { $0["file_id"] }.map { .object(["file_id": $0]) }
        }
        return attachments
    }
}
