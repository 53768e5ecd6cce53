import Engine
import Foundation
import Storage

// How our records look in JSON: the names of the contract, secrets left out.

extension User {
    var representation: JSONObject { represented(withUse: true) }

    /// Without when they were last here and how much they have said.
    var bare: JSONObject { represented(withUse: false) }

    private func represented(withUse: Bool) -> JSONObject {
        JSONObject {
            $0.set("user_id", id)
            $0.set("nickname", nickname)
            $0.set("email", email)
            $0.set("created_at", createdAt)
            if withUse { $0.set("last_login_at", lastLoginAt) }
            $0.set("is_active", isActive)
            $0.set("status", status.rawValue)
            $0.set("is_superuser", isSuperuser)
            $0.set("role", role.rawValue)
            $0.set("email_verified_at", emailVerifiedAt)
            $0.set("timezone", timezone)
            $0.set("language", language)
            $0.raw("preferences", preferences)
            if withUse {
                $0.set("total_conversations", totalConversations)
                $0.set("total_messages", totalMessages)
            }
            $0.set("organization_id", organisationID)
        }
    }
}

extension Provider {
    /// `trouble`: what this process has met when it called it.
    func representation(trouble: ProviderHealth.Trouble?) -> JSONObject {
        var json = represented(withUse: true)
        json.set("failing_since", trouble?.since)
        json.set("next_try_at", trouble?.nextTry)
        return json
    }

    /// Without what came of calling it. Another key changes it, though nobody is told the key.
    var bare: JSONObject {
        var json = represented(withUse: false)
        json.set("key_mark", keyMark)
        return json
    }

    private func represented(withUse: Bool) -> JSONObject {
        JSONObject {
            $0.set("llm_id", id)
            $0.set("provider", provider.rawValue)
            $0.set("provider_name", providerName)
            $0.set("api_base_url", apiBaseURL)
            $0.set("organization_id", organizationID)
            $0.set("has_api_key", hasKey)
            $0.set("is_active", isActive)
            $0.set("is_default", isDefault)
            $0.set("created_at", createdAt)
            if withUse {
                $0.set("last_tested_at", lastTestedAt)
                $0.set("test_status", testStatus)
            }
            $0.raw("rate_limit", limit?.json)
        }
    }
}

extension ModelRecord {
    var representation: JSONObject {
        JSONObject {
            $0.set("model_id", id)
            $0.set("llm_id", llmID)
            $0.set("name", name)
            $0.set("display_name", displayName)
            $0.set("base_url", baseURL)
            $0.set("model_type", modelType)
            $0.set("context_window", contextWindow)
            $0.set("max_tokens", maxTokens)
            $0.set("supports_vision", supportsVision)
            $0.raw("pricing", pricing)
            $0.set("is_active", isActive)
            $0.set("is_default", isDefault)
            $0.set("fallback_rank", fallbackRank)
            $0.set("created_at", createdAt)
        }
    }
}

extension Agent {
    var representation: JSONObject { represented(withUse: true) }

    /// Without what its runs count.
    var bare: JSONObject { represented(withUse: false) }

    private func represented(withUse: Bool) -> JSONObject {
        JSONObject {
            $0.set("agent_id", id)
            $0.set("name", name)
            $0.set("display_name", displayName)
            $0.set("description", description)
            $0.set("instruction", instruction)
            $0.set("agent_type", agentType)
            $0.set("is_system_agent", isSystemAgent)
            $0.set("status", status)
            $0.set("capabilities", capabilities)
            $0.set("team", team)
            $0.set("model_id", modelID)
            $0.raw("parameters", parameters)
            if withUse {
                $0.set("usage_count", usageCount)
                $0.set("success_rate", successRate)
                $0.set("average_response_time", averageResponseTime)
            }
            $0.set("created_at", createdAt)
            $0.set("updated_at", updatedAt)
            if withUse { $0.set("last_used_at", lastUsedAt) }
            $0.set("version", version)
        }
    }
}

extension Conversation {
    var representation: JSONObject {
        JSONObject {
            $0.set("conversation_id", id)
            $0.set("title", title)
            $0.set("summary", summary)
            $0.set("created_at", createdAt)
            $0.set("updated_at", updatedAt)
            $0.set("last_message_at", lastMessageAt)
            $0.set("message_count", messageCount)
            $0.set("is_pinned", isPinned)
            $0.set("is_archived", isArchived)
            $0.set("tags", tags)
            $0.raw("metadata", metadata)
            $0.set("test_agent_id", testAgentID)
            $0.set("leaf_message_id", leafMessageID)
        }
    }
}

extension Message {
    var representation: JSONObject {
        JSONObject {
            $0.set("message_id", id)
            $0.set("role", role)
            $0.set("content", content)
            $0.set("content_type", contentType)
            $0.set("timestamp", timestamp)
            $0.set("is_deleted", isDeleted)
            $0.set("conversation_id", conversationID)
            $0.raw("model_metadata", modelMetadata)
            $0.set("agent_id", agentID)
            $0.set("parent_message_id", parentMessageID)
            $0.set("run_id", runID)
            $0.set("is_edited", isEdited)
            $0.set("edit_count", editCount)
            $0.set("attachments", attachments.map { $0.representation(in: conversationID) })
            $0.set("version_ids", versions.map(\.text))
        }
    }
}

extension Run {
    var representation: JSONObject {
        JSONObject {
            $0.set("run_id", id)
            $0.set("conversation_id", conversationID)
            $0.set("agent_id", agentID)
            $0.set("user_message_id", userMessageID)
            $0.set("message_id", messageID)
            $0.set("state", state.rawValue)
            $0.set("attempt", attempt)
            $0.set("error_code", errorCode)
            $0.set("created_at", createdAt)
            $0.set("finished_at", finishedAt)
            $0.set("parent_run_id", parentRunID)
            $0.set("root_run_id", rootRunID)
            $0.set("depth", depth)
        }
    }
}

extension Schema {
    static let user = object(
        "User",
        [
            .uuid("user_id"), .text("nickname"), .text("email"), .date("created_at"), .date("last_login_at").orNull,
            .flag("is_active"), .field("status", .choice(UserStatus.self)), .flag("is_superuser"),
            .field("role", .choice(AccountRole.self)), .date("email_verified_at").orNull, .text("timezone"),
            .text("language"),
            .field("preferences", .map), .integer("total_conversations"), .integer("total_messages"),
            .uuid("organization_id"),
        ]
    )

    static let provider = object(
        "Provider",
        [
            .uuid("llm_id"), .field("provider", .choice(ProviderKind.self)), .text("provider_name"),
            .text("api_base_url"), .text("organization_id", "At the vendor.").orNull, .flag("has_api_key"),
            .flag("is_active"), .flag("is_default"), .date("created_at"), .date("last_tested_at").orNull,
            .text("test_status"), .field("rate_limit", .map.orNull), .date("failing_since").orNull,
            .date("next_try_at").orNull,
        ]
    )

    static let model = object(
        "Model",
        [
            .uuid("model_id"), .uuid("llm_id"), .text("name"), .text("display_name"), .text("base_url").orNull,
            .text("model_type"), .integer("context_window").orNull, .integer("max_tokens").orNull,
            .flag("supports_vision"), .field("pricing", .map.orNull), .flag("is_active"), .flag("is_default"),
            .integer("fallback_rank").orNull, .date("created_at"),
        ]
    )

    static let agent = object(
        "Agent",
        [
            .uuid("agent_id"), .text("name"), .text("display_name"), .text("description").orNull,
            .text("instruction"), .choice("agent_type", "system", "custom", "shared"), .flag("is_system_agent"),
            .choice("status", "active", "disabled"), .list("capabilities"), .list("team"), .uuid("model_id").orNull,
            .field("parameters", .map), .integer("usage_count"), .number("success_rate"),
            .number("average_response_time", "Seconds at work, without what it waited for people and colleagues."),
            .date("created_at"), .date("updated_at"),
            .date("last_used_at").orNull,
            .integer(
                "version",
                "How often it has been changed, its making counted; 0 of those that come with the program."
            ),
        ]
    )

    static let listedConversation = object(
        "ListedConversation",
        [
            .uuid("conversation_id"), .text("title"), .text("summary").orNull, .date("created_at"),
            .date("updated_at"), .date("last_message_at").orNull, .integer("message_count"), .flag("is_pinned"),
            .flag("is_archived"), .list("tags"), .field("metadata", .map),
            .uuid("test_agent_id", "The agent that is tried out in it.").orNull,
        ]
    )

    static let conversation = listedConversation.adding(
        "Conversation",
        [.uuid("leaf_message_id", "The newest message of the branch that is read.").orNull]
    )

    static let message = object(
        "Message",
        [
            .uuid("message_id"), .text("role"), .text("content"), .text("content_type"), .date("timestamp"),
            .flag("is_deleted"), .uuid("conversation_id"), .field("model_metadata", .map.orNull),
            .uuid("agent_id").orNull, .uuid("parent_message_id").orNull, .uuid("run_id").orNull, .flag("is_edited"),
            .integer("edit_count"), .list("attachments", of: .attachment), .list("version_ids", of: .uuid),
        ]
    )

    static let run = object(
        "Run",
        [
            .uuid("run_id"), .uuid("conversation_id"), .uuid("agent_id"), .uuid("user_message_id"),
            .uuid("message_id"), .field("state", .choice(RunState.self)), .integer("attempt"),
            .text("error_code").orNull, .date("created_at"), .date("finished_at").orNull,
            .uuid("parent_run_id").orNull, .uuid("root_run_id"), .integer("depth"),
        ]
    )
}
