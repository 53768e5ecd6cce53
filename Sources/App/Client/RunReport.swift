import Engine
import Foundation

/// A run in one JSON object, for programs.
struct RunReport: Sendable {
    let json: JSONValue

    /// `answer` and `end` as they were seen.
    init(_ seen: TurnWatch.Seen, conversation: String, client: ServerClient) async throws {
        let run = seen.story.root
        let tree = try await client.get("/v1/runs/\(run)/tree")
        let steps = try await client.get("/v1/runs/\(run)/steps")
        json = Self.object(seen, conversation: conversation, tree: tree, steps: steps)
    }

    static func object(
        _ seen: TurnWatch.Seen,
        conversation: String,
        tree: JSONValue,
        steps: JSONValue
    ) -> JSONValue {
        var fields: [String: JSONValue] = [
            "answer": .string(seen.story.answer), "status": .string(seen.end.status),
            "run_id": .string(seen.story.root), "conversation_id": .string(conversation),
            "message_id": tree["message_id"] ?? .null, "agent": tree["agent_name"] ?? .null,
            "error": seen.story.failure.map { .string($0) } ?? .null, "waits_for": .null,
            "usage": usage(of: tree), "costs": costs(of: tree), "steps": steps,
        ]
        if case .waiting(let call) = seen.end { fields["waits_for"] = call.json }
        return .object(fields)
    }

    /// The tokens of a run and of all that worked for it.
    private static func usage(of tree: JSONValue) -> JSONValue {
        let names = ["prompt_tokens", "completion_tokens", "total_tokens", "cached_tokens"]
        let parts = all(tree).compactMap { $0["usage"] }
        return .object(
            Dictionary(
                uniqueKeysWithValues: names.map { name in
                    (name, .number(parts.reduce(0) { $0 + ($1[name]?.decimal ?? 0) }))
                }
            )
        )
    }

    private static func costs(of tree: JSONValue) -> JSONValue {
        let costs = all(tree).flatMap { $0["usage"]?["costs"]?.array ?? [] }
        let currencies = Dictionary(grouping: costs) { $0["currency"]?.string ?? "" }
        return .array(
            currencies.sorted { $0.key < $1.key }.map { currency, parts in
                .object([
                    "currency": .string(currency),
                    "cost": .number(parts.reduce(0) { $0 + ($1["cost"]?.decimal ?? 0) }),
                ])
            }
        )
    }

    private static func all(_ tree: JSONValue) -> [JSONValue] {
        [tree] + (tree["children"]?.array ?? []).flatMap(all)
    }
}

extension TurnWatch.End {
    /// As programs read it.
    var status: String {
        switch self {
        case .completed: "completed"
        case .failed: "failed"
        case .cancelled: "cancelled"
        case .waiting: "waiting"
        case .timedOut: "timed_out"
        }
    }

    /// nil for an answer.
    func failure(_ story: TurnStory, conversation: String) -> CommandFailure? {
        switch self {
        case .completed: nil
        case .failed: CommandFailure(.failed, (story.failure ?? "The run failed.").harmlessLine)
        case .cancelled: CommandFailure(.cancelled, "The run was stopped.")
        case .timedOut: CommandFailure(.timedOut, "The time was over before the answer was there.")
        case .waiting(let call):
            CommandFailure(
                .needsAnswer,
                "\(call.tool.harmlessLine) waits for an answer: `\(call.command)`, then `alma chat \(conversation.shortID)`."
            )
        }
    }
}

extension AskedCall {
    fileprivate var json: JSONValue {
        .object([
            "run_id": .string(run), "call_id": .string(call), "kind": .string(kind.rawValue),
            "tool_name": .string(tool), "tool_input": input,
        ])
    }

    /// What answers it later.
    fileprivate var command: String {
        let id = (call.count > 16 ? String(call.suffix(8)) : call).harmlessLine
        return kind == .approval ? "alma approvals approve \(id)" : "alma approvals answer \(id) …"
    }
}
