import Engine
import Foundation
import Storage

extension Store {
    /// Whether a stream that somebody has opened by it may go on.
    func mayRead(_ user: User, _ credential: Credential) async throws -> Bool {
        let reader = StreamReader(user: user.id, organisation: user.organisationID, credential: credential)
        return try await readersToDismiss(among: [reader]).isEmpty
    }

    /// An account that may be used at once.
    func person(_ name: String = "ada", isSuperuser: Bool = false) async throws -> User {
        try await register(
            email: "\(name)@example.org",
            password: TestPeople.password,
            nickname: name,
            language: "en",
            status: .active,
            isSuperuser: isSuperuser
        )
    }

    /// A model of a provider that needs no key.
    func chatModel(_ name: String = "demo", by principal: Principal) async throws -> ModelRecord {
        let provider = try await createProvider(
            kind: .builtin,
            name: "Built in",
            baseURL: "builtin:",
            apiKey: nil,
            organization: nil,
            by: principal
        )
        let model = try await createModel(llmID: provider.id, name: name, displayName: name, by: principal)
        guard let model else { throw TestPeople.Missing() }
        return model
    }

    /// A queued run in a conversation of its own.
    func queuedRun(_ content: String = "Hello", by principal: Principal) async throws -> Run {
        let conversation = try await createConversation(title: nil, by: principal)
        let start = try await startTurn(TurnInput(conversationID: conversation.id, content: content), by: principal)
        guard let start else { throw TestPeople.Missing() }
        return start.run
    }

    /// A run in the hands of a worker.
    func claimedRun(worker: UUID = .v7(), by principal: Principal) async throws -> ClaimedRun {
        let run = try await queuedRun(by: principal)
        let claimed = try await claim(worker: worker, limit: 100, silence: .seconds(10)).first { $0.run.id == run.id }
        guard let claimed else { throw TestPeople.Missing() }
        return claimed
    }
}

enum TestPeople {
    static let password = Secret("correct horse battery")

    struct Missing: Error {}
}

extension ClaimedRun {
    /// Text that follows what the log holds.
    func words(_ words: [String], after sequence: Int64? = nil) -> EventBatch {
        let data = EventData(run: run)
        let first = (sequence ?? lastSequence) + 1
        let events = words.enumerated().map { index, word in
            RunEvent(sequence: first + Int64(index), kind: .contentStream, data: data.content(word), timestamp: Date())
        }
        return EventBatch(run: run.id, epoch: epoch, events: events)
    }

    /// A rest until these calls are answered.
    func suspended(
        _ calls: [ToolCall],
        _ kind: CallRequest.Kind = .approval,
        expiresAt: Date? = nil,
        after sequence: Int64? = nil
    ) -> SuspendedRun {
        let place = (sequence ?? lastSequence) + 1
        let data = EventData(run: run)
        let requests = calls.map { CallRequest($0, kind, expiresAt: expiresAt) }
        let events = requests.enumerated().map { index, request in
            RunEvent(
                sequence: place + Int64(index),
                kind: .approvalRequest,
                data: data.approvalRequest(request),
                timestamp: Date()
            )
        }
        return SuspendedRun(run: run, epoch: epoch, events: events, usage: [], calls: requests)
    }

    /// An end that says `content`, after `sequence` events.
    func outcome(_ content: String, after sequence: Int64, state: RunState = .completed) -> RunOutcome {
        let data = EventData(run: run).runStatus(state, attempt: run.attempt)
        return RunOutcome(
            run: run,
            epoch: epoch,
            events: [RunEvent(sequence: sequence + 1, kind: .runStatus, data: data, timestamp: Date())],
            state: state,
            content: content,
            metadata: #"{"model":"demo"}"#,
            usage: []
        )
    }
}
