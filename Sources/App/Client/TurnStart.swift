import Engine
import Foundation

/// Says something in a conversation, a new one where none is named.
struct TurnStart: Sendable {
    let client: ServerClient
    /// nil until something is said in a new one.
    private(set) var conversation: String?
    var agent: String?
    var model: String?
    var files: [InputFile] = []
    /// The new one, while nothing is said in it.
    private var made: String?

    init(client: ServerClient, conversation: String?) {
        (self.client, self.conversation) = (client, conversation)
    }

    mutating func say(_ content: String) async throws -> WatchedRun {
        let conversation = try await place()
        var fields: [String: JSONValue] = ["content": .string(content)]
        fields["agent_id"] = agent.map { .string($0) }
        fields["model_id"] = model.map { .string($0) }
        if !files.isEmpty { fields["attachments"] = .array(try await upload(to: conversation)) }
        let run = try await send(.object(fields), to: conversation)
        (self.conversation, made) = (conversation, nil)
        return WatchedRun(turn: run, conversation: conversation)
    }

    /// For whoever says nothing else, whatever becomes of it.
    mutating func sayOnce(_ content: String) async throws -> WatchedRun {
        do {
            return try await say(content)
        } catch {
            await leave()
            throw error
        }
    }

    /// Deletes the conversation that was made in vain, if one was.
    mutating func leave() async {
        guard let id = made else { return }
        made = nil
        // A message may have come though its answer was lost.
        guard let found = try? await client.get("/v1/conversations/\(id)"), found["message_count"]?.int == 0 else {
            return
        }
        try? await client.delete("/v1/conversations/\(id)")
    }

    /// One that was made for a message that was refused is good for the next.
    private mutating func place() async throws -> String {
        if let known = conversation ?? made { return known }
        let answer = try await client.post("/v1/conversations", .object([:]))
        guard let id = answer["conversation_id"]?.string else { throw CommandFailure.notALMA(client.server) }
        made = id
        return id
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
            let form = FileForm(name: file.fileName)
            var call = ServerCall("POST", "/v1/conversations/\(conversation)/files")
            call.set(form.body(try file.bytes()), type: form.type)
            call.totalTimeout = nil
            let kept = try await client.data(call).array ?? []
            attachments += kept.compactMap { $0["file_id"] }.map { .object(["file_id": $0]) }
        }
        return attachments
    }
}

/// A file as a form of a browser's sends it (RFC 7578).
struct FileForm: Sendable {
    let name: String
    let boundary = "alma-\(UUID().uuidString)"

    var type: String { "multipart/form-data; boundary=\(boundary)" }

    func body(_ content: [UInt8]) -> [UInt8] {
        // As browsers do it: what would end the name early is written as bytes.
        let name = self.name.replacing("\"", with: "%22").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
        let head = """
            --\(boundary)\r
            Content-Disposition: form-data; name="file"; filename="\(name)"\r
            Content-Type: application/octet-stream\r
            \r

            """
        return Array(head.utf8) + content + Array("\r\n--\(boundary)--\r\n".utf8)
    }
}
