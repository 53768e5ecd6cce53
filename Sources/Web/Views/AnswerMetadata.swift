import Foundation

/// The part of a message's `model_metadata` that a page shows.
struct AnswerMetadata: Sendable, Decodable {
    var model: String?
    var inputTokens: Int?
    var outputTokens: Int?
    /// Seconds.
    var responseTime: Double?
    var finishReason: String?
    var toolCalls: Int?
    var cost: Decimal?
    var currency: String?
    /// The names of budgets that it came close to the end of.
    var budgetWarnings: [String] = []
    /// Why the model had to do without the agent's tools: `refused`, `no_room`, `bad_calls` or `steps`.
    var withoutTools: String?
    /// By currency, with all its children; empty where there are none.
    var turnCosts: [String: Decimal] = [:]

    init() {}

    /// Anything unreadable counts as nothing known.
    init(json: String?) {
        self = json.flatMap { try? JSONDecoder().decode(AnswerMetadata.self, from: Data($0.utf8)) } ?? AnswerMetadata()
    }

    var isEmpty: Bool { model == nil && responseTime == nil }

    /// Model, tokens in and out, cost, time: what is known of them.
    func lines(voice: Voice) -> [String] {
        let warnings = budgetWarnings.map { voice.words("answer.budgetWarning", ["name": $0]) }
        return [model, tokens(voice), money(voice), responseTime.map(voice.duration), plainness(voice)].compactMap {
            $0
        }
            + warnings
    }

    func money(_ voice: Voice) -> String? {
        if let sum = voice.money(turnCosts) { return voice.words("quantity.withTeam", ["cost": sum]) }
        return cost.map { voice.money($0, currency: currency ?? "USD") }
    }

    private func plainness(_ voice: Voice) -> String? {
        let key = "answer.withoutTools.\(withoutTools ?? "")"
        return voice.words.has(key) ? voice.words[key] : nil
    }

    private func tokens(_ voice: Voice) -> String? {
        guard let inputTokens, let outputTokens, inputTokens + outputTokens > 0 else { return nil }
        return voice.words("quantity.inOut", ["in": inputTokens.grouped, "out": outputTokens.grouped])
    }

    private enum Key: String, CodingKey {
        case model, usage, cost, currency
        case responseTime = "response_time"
        case finishReason = "finish_reason"
        case toolCalls = "tool_calls"
        case budgetWarnings = "budget_warnings"
        case withoutTools = "without_tools"
    }

    private enum UsageKey: String, CodingKey {
        case input = "prompt_tokens"
        case output = "completion_tokens"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        model = try? container.decode(String.self, forKey: .model)
        responseTime = try? container.decode(Double.self, forKey: .responseTime)
        finishReason = try? container.decode(String.self, forKey: .finishReason)
        toolCalls = try? container.decode(Int.self, forKey: .toolCalls)
        budgetWarnings = (try? container.decode([String].self, forKey: .budgetWarnings)) ?? []
        withoutTools = try? container.decode(String.self, forKey: .withoutTools)
        currency = try? container.decode(String.self, forKey: .currency)
        cost = try? container.decode(Decimal.self, forKey: .cost)
        if cost == nil, let text = try? container.decode(String.self, forKey: .cost) { cost = Decimal(string: text) }
        let usage = try? container.nestedContainer(keyedBy: UsageKey.self, forKey: .usage)
        inputTokens = try? usage?.decode(Int.self, forKey: .input)
        outputTokens = try? usage?.decode(Int.self, forKey: .output)
    }
}
