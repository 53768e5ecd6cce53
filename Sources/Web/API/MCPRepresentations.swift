import Engine
import Foundation
import Storage

// MCP servers as programs are told of them.

extension MCPRecord {
    var representation: JSONObject {
        JSONObject {
            describe(&$0)
            $0.set("state", state.rawValue)
            $0.set("state_since", stateSince)
            $0.set("last_error", lastError)
            $0.set("last_seen_at", lastSeenAt)
            $0.set("latency_ms", latency)
            $0.set("protocol_version", protocolVersion)
            $0.set("title", title)
            $0.set("version", version)
            $0.set("tools_usable", counts.usable)
            $0.set("tools_waiting", counts.waiting)
            $0.set("tools_gone", counts.gone)
            $0.set("created_at", createdAt)
        }
    }

    /// What administrators have said of it, and nothing of what it offers and how it is. Another secret changes it, though nobody
    /// is told the secret.
    var bare: JSONObject {
        JSONObject {
            describe(&$0)
            $0.set("revision", revision)
        }
    }

    private func describe(_ json: inout JSONObject) {
        json.set("server_id", id)
        json.set("name", name)
        json.set("transport", transport.rawValue)
        json.set("place", place)
        json.set("arguments", arguments)
        json.set("network", network)
        json.set("secret_names", secretNames)
        json.set("is_authorised", isAuthorised)
        json.set("is_enabled", isEnabled)
        json.set("is_trusted", isTrusted)
        json.set("agents", agents)
    }
}

extension MCPToolRecord {
    var representation: JSONObject {
        JSONObject {
            $0.set("id", id)
            $0.set("version", version)
            $0.set("name", tool.name)
            $0.set("tool_name", modelName)
            $0.set("kind", tool.kind.rawValue)
            $0.set("description", tool.description)
            $0.raw("schema", tool.schema.text)
            $0.set("is_read_only", tool.isReadOnly)
            $0.set("state", state.rawValue)
            $0.set("problem", tool.problem)
            $0.set("approved_description", approvedDescription)
            $0.set("approved_at", approvedAt)
            $0.set("gone_at", goneAt)
        }
    }
}

extension MCPEntry {
    var representation: JSONObject {
        JSONObject {
            $0.set("name", name)
            $0.set("address", address)
            $0.set("description", description)
        }
    }
}

extension Schema {
    static let mcpServer = object(
        "MCPServer",
        [
            .uuid("server_id"), .text("name"), .field("transport", .choice(MCPServer.Transport.self)), .text("place"),
            .list("arguments"), .list("network"), .list("secret_names"), .flag("is_authorised"), .flag("is_enabled"),
            .flag("is_trusted"), .list("agents"), .field("state", .choice(MCPState.self)), .date("state_since"),
            .text("last_error").orNull, .date("last_seen_at").orNull, .integer("latency_ms").orNull,
            .text("protocol_version").orNull, .text("title").orNull, .text("version").orNull,
            .integer("tools_usable"), .integer("tools_waiting"), .integer("tools_gone"), .date("created_at"),
        ]
    )

    static let mcpServerDetail = mcpServer.adding(
        "MCPServerDetail",
        [.list("tools", of: mcpTool), .list("resources", of: mcpEntry), .list("prompts", of: mcpEntry)]
    )

    private static let mcpTool = object(
        "MCPTool",
        [
            .uuid("id"), .integer("version"), .text("name"), .text("tool_name"), .text("kind"), .text("description"),
            .field("schema", .map), .flag("is_read_only"), .text("state"), .text("problem").orNull,
            .text("approved_description").orNull, .date("approved_at").orNull, .date("gone_at").orNull,
        ]
    )

    private static let mcpEntry = object("MCPEntry", [.text("name"), .text("address"), .text("description").orNull])
}
