package import Foundation
import Postgres

/// A model of a provider, as it was added.
package struct ModelRecord: Sendable, Equatable {
    package var id: UUID
    package var llmID: UUID
    /// What the provider calls it.
    package var name: String
    package var displayName: String
    package var baseURL: String?
    /// `chat`, `completion`, `embedding` or `transcription`.
    package var modelType: String
    package var contextWindow: Int?
    package var maxTokens: Int?
    /// It takes pictures.
    package var supportsVision: Bool
    /// A JSON object: input_tokens, output_tokens, currency, per_1k_tokens.
    package var pricing: String?
    package var isActive: Bool
    package var createdAt: Date
    /// Whether it answers where nothing else was chosen.
    package var isDefault: Bool
    /// Its place among those that are asked when the first one fails, from 1.
    package var fallbackRank: Int?
}

extension ModelRecord {
    /// For an `m` of models with its organisation as `mo`.
    static let columns: Query = """
        m.model_id, m.llm_id, m.name, m.display_name, m.base_url, m.model_type, m.context_window, m.max_tokens, m.pricing,
        m.supports_vision, m.is_active, m.created_at, m.fallback_rank, mo.default_model_id is not distinct from m.model_id as is_default
        """

    static let organisation: Query = "join organisations mo on mo.org_id = m.org_id"
    static let ofProvider: Query = "join models m on m.llm_id = l.llm_id \(organisation)"

    /// Whether it takes part in conversations.
    package var isForConversations: Bool { ["chat", "completion"].contains(modelType) }

    static let types = ["chat", "completion", "embedding", "transcription"]

    /// What a model's name tells of its type, where nobody has said it.
    static func likelyType(_ name: String) -> String {
        let name = name.lowercased()
        return ["whisper", "transcribe"].contains { name.contains($0) } ? "transcription" : "chat"
    }

    /// What a model's name tells of it; whoever added it can say otherwise.
    static func mayHaveVision(_ name: String) -> Bool {
        let name = name.lowercased()
        return [
            "gpt-4o", "gpt-4.1", "gpt-4-turbo", "gpt-5", "chatgpt-4o", "o3", "o4-", "claude-3", "claude-sonnet",
            "claude-opus", "claude-haiku", "claude-4", "gemini", "llava", "-vl", "pixtral", "vision", "gemma3",
            "gemma-3",
            "minicpm-v", "moondream", "llama4", "llama-4", "mistral-small3", "qwen2.5vl", "qwen3vl",
        ].contains { name.contains($0) }
    }

    init(_ row: Row) throws {
        id = try row.get("model_id")
        llmID = try row.get("llm_id")
        name = try row.get("name")
        displayName = try row.get("display_name")
        baseURL = try row.get("base_url")
        modelType = try row.get("model_type")
        contextWindow = try row.get("context_window")
        maxTokens = try row.get("max_tokens")
        supportsVision = try row.get("supports_vision")
        pricing = try row.get("pricing")
        isActive = try row.get("is_active")
        createdAt = try row.get("created_at")
        isDefault = try row.get("is_default")
        fallbackRank = try row.get("fallback_rank")
    }
}

extension ModelRecord {
    static let audited = AuditedTable(
        name: "model",
        table: "models",
        key: "model_id",
        fields: """
            jsonb_build_object(
                'llm_id', x.llm_id, 'name', x.name, 'display_name', x.display_name, 'model_type', x.model_type,
                'context_window', x.context_window, 'max_tokens', x.max_tokens, 'supports_vision', x.supports_vision,
                'is_active', x.is_active, 'pricing', x.pricing
            )
            """
    )
}
