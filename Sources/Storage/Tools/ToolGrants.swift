package import Engine
package import Foundation
import Postgres

// Which tools an agent has, and how it uses them. Its maker decides.
extension Store {
    /// nil when there is no such agent of the principal's, or no such tool. Throws `.conflict("tool")` when the agent has it
    /// already, `.invalid` with what is wrong in the configuration.
    package func grantTool(
        _ tool: UUID,
        to agent: UUID,
        configuration: JSONValue = .object([:]),
        isEnabled: Bool = true,
        by principal: Principal
    ) async throws -> AgentTool? {
        guard let record = try await self.tool(tool, by: principal) else { return nil }
        let configuration = try Self.checked(configuration, of: record.parameters)
        let gift: Query = """
            insert into agent_tools (agent_id, tool_id, configuration, is_enabled)
            select a.agent_id, \(tool), \(JSONText(configuration.text))::jsonb, \(isEnabled) from agents a
            where \(Self.isMade(agent, by: principal))
            on conflict do nothing
            """
        guard let answers = try await changeAgent(agent, [gift], by: principal) else { return nil }
        guard answers[0].affected == 1 else {
            throw StorageError.conflict("tool", "The agent has this tool already.")
        }
        return try await tools(ofAgent: agent, by: principal)?.first { $0.id == tool }
    }

    /// What is nil stays. Of a configuration each member is changed that is named; null takes it away. nil when the agent is
    /// not the principal's, or has no such tool.
    package func changeGrant(
        of tool: UUID,
        to agent: UUID,
        configuration: JSONValue? = nil,
        isEnabled: Bool? = nil,
        by principal: Principal
    ) async throws -> AgentTool? {
        guard try await isMaker(of: agent, by: principal),
            let known = try await tools(ofAgent: agent, by: principal)?.first(where: { $0.id == tool })
        else { return nil }
        let merged = try configuration.map {
            try Self.checked(known.configuration.merged(with: $0), of: known.parameters).text
        }
        let change: Query = """
            update agent_tools g set configuration = coalesce(\(merged.map(JSONText.init))::jsonb, g.configuration),
                is_enabled = coalesce(\(isEnabled)::boolean, g.is_enabled)
            from agents a
            where g.agent_id = a.agent_id and g.tool_id = \(tool) and \(Self.isMade(agent, by: principal))
                and (\(merged)::text is null or g.configuration = \(JSONText(known.configuration.text))::jsonb)
            """
        let demand = Self.demanded(.grant(of: tool, to: agent))
        guard let answers = try await changeAgent(agent, demand + [change], by: principal) else { return nil }
        guard answers[demand.count].affected == 1 else {
            throw StorageError(.changed, "Somebody else has changed these settings meanwhile. Look at them again.")
        }
        return try await tools(ofAgent: agent, by: principal)?.first { $0.id == tool }
    }

    /// False when the agent is not the principal's, or has no such tool.
    package func revokeTool(_ tool: UUID, from agent: UUID, by principal: Principal) async throws -> Bool {
        let loss: Query = """
            delete from agent_tools g using agents a
            where g.agent_id = a.agent_id and g.tool_id = \(tool) and \(Self.isMade(agent, by: principal))
            """
        let demand = Self.demanded(.grant(of: tool, to: agent))
        return try await changeAgent(agent, demand + [loss], by: principal)?[demand.count].affected == 1
    }

    func isMaker(of agent: UUID, by principal: Principal) async throws -> Bool {
        try await query("select from agents a where \(Self.isMade(agent, by: principal))", by: principal).first != nil
    }

    /// A configuration as it is kept: timeout (seconds), max_retries, custom_params. `parameters` is the JSON Schema of the last,
    /// where the tool has one.
    static func checked(_ configuration: JSONValue, of parameters: JSONValue?) throws -> JSONValue {
        func wrong(_ message: String) -> StorageError { .invalid("configuration", message) }
        guard let fields = configuration.object, configuration.text.utf8.count <= 65_536 else {
            throw wrong("This must be a JSON object of at most 64 KB.")
        }
        if let name = fields.keys.sorted().first(where: { !["timeout", "max_retries", "custom_params"].contains($0) }) {
            throw wrong("There is no \(name); there are timeout, max_retries and custom_params.")
        }
        for (name, range) in [("timeout", ToolSettings.timeouts), ("max_retries", ToolSettings.retryCounts)] {
            guard let value = fields[name] else { continue }
            guard let number = value.int, range.contains(number) else {
                throw wrong("\(name): a whole number from \(range.lowerBound) to \(range.upperBound).")
            }
        }
        guard let own = fields["custom_params"] else { return configuration }
        guard own.object != nil, !own.text.contains("\\u0000") else { throw wrong("custom_params: a JSON object.") }
        if let parameters, let schema = try? JSONSchema(parameters) {
            let violations = schema.validate(own)
            guard violations.isEmpty else {
                throw wrong("custom_params: " + violations.map(\.description).joined(separator: "; "))
            }
        }
        return configuration
    }
}

extension JSONValue {
    /// As RFC 7396 says: objects are merged, null takes a member away, anything else replaces.
    func merged(with patch: JSONValue) -> JSONValue {
        guard let changes = patch.object else { return patch }
        var members = object ?? [:]
        for (name, change) in changes {
            members[name] = change == .null ? nil : (members[name] ?? .null).merged(with: change)
        }
        return .object(members)
    }
}
