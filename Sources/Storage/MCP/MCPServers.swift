package import Engine
package import Foundation
import Postgres

// Administrators' own: every question here is one of theirs.
extension Store {
    /// By name.
    package func mcpServers(by principal: Principal) async throws -> [MCPRecord] {
        try await query(
            "select \(MCPRecord.columns) from mcp_servers s where s.org_id = \(principal.organisationID) order by s.name",
            by: principal
        ).map(MCPRecord.init)
    }

    package func mcpServers(page: Page, by principal: Principal) async throws -> Paged<MCPRecord> {
        let all = try await mcpServers(by: principal)
        return Paged(items: Array(all.dropFirst(page.offset).prefix(page.size)), page: page, total: all.count)
    }

    package func mcpServer(_ id: UUID, by principal: Principal) async throws -> MCPRecord? {
        try await query(
            """
            select \(MCPRecord.columns) from mcp_servers s
            where s.server_id = \(id) and s.org_id = \(principal.organisationID)
            """,
            by: principal
        ).first.map(MCPRecord.init)
    }

    /// Those that want something from an administrator first, then by name.
    package func mcpTools(of server: UUID, by principal: Principal) async throws -> [MCPToolRecord] {
        try await query(
            """
            select m.entry_id, m.version, m.kind, m.name, m.description, m.schema::text, m.is_read_only, m.problem,
                m.approved_description, m.approved_schema::text as approved_schema, m.approved_at, m.gone_at,
                s.name as server, \(MCPToolRecord.state) as state
            from mcp_tools m join mcp_servers s using (server_id)
            where m.server_id = \(server) and s.org_id = \(principal.organisationID)
            order by \(MCPToolRecord.state) in ('approved', 'unusable', 'gone'), m.kind <> 'tool', m.name
            """,
            by: principal
        ).map(MCPToolRecord.init)
    }

    /// Throws `.invalid` with the field, `.conflict("name")`.
    package func createMCPServer(_ draft: MCPDraft, by principal: Principal, address: String? = nil) async throws
        -> MCPRecord
    {
        let draft = try draft.checked()
        try Self.checkAdministrator(principal)
        let id = UUID.v7()
        let secrets = draft.secrets.compactMapValues { $0 }
        let insertion: Query = """
            insert into mcp_servers (
                server_id, org_id, name, transport, place, arguments, network, secrets_encrypted, secret_names, is_enabled,
                is_trusted, agents, created_by
            )
            values (
                \(id), \(principal.organisationID), \(draft.name), \(draft.transport.rawValue), \(draft.place),
                \(draft.arguments), \(draft.network), \(try seal(secrets, of: id)), \(secrets.keys.sorted()), \(draft.isEnabled),
                \(draft.isTrusted), \(draft.agents), \(principal.userID)
            )
            """
        try await query(
            MCPRecord.audited.statement(.created, id, insertion, by: principal, address: address),
            by: principal
        )
        guard let made = try await mcpServer(id, by: principal) else {
            throw StorageError(.failed, "The server was not made.")
        }
        return made
    }

    /// The name stays. Another place drops the stored secrets, so that they are sent nowhere else. nil when there is no such
    /// server.
    package func updateMCPServer(
        _ id: UUID,
        _ draft: MCPDraft,
        by principal: Principal,
        address: String? = nil
    ) async throws -> MCPRecord? {
        var draft = draft
        try Self.checkAdministrator(principal)
        guard let known = try await mcpServer(id, by: principal), let server = try await mcpServer(id) else {
            return nil
        }
        draft.name = known.name
        draft.transport = known.transport
        draft = try draft.checked()
        let isElsewhere = draft.place != known.place
        var secrets: [String: Secret] = [:]
        for (name, value) in draft.secrets {
            if let value = value ?? (isElsewhere ? nil : server.secrets[name]) { secrets[name] = value }
        }
        let isSame =
            !isElsewhere && draft.arguments == known.arguments && draft.network == known.network
            && secrets == server.secrets
            && draft.isEnabled == known.isEnabled
        let change: Query = """
            update mcp_servers set place = \(draft.place), arguments = \(draft.arguments), network = \(draft.network),
                secrets_encrypted = \(try seal(secrets, of: id)), secret_names = \(secrets.keys.sorted()),
                oauth_encrypted = case when \(isElsewhere)::boolean then null else oauth_encrypted end,
                is_authorised = is_authorised and not \(isElsewhere)::boolean,
                is_enabled = \(draft.isEnabled), is_trusted = \(draft.isTrusted), agents = \(draft.agents),
                revision = revision + \(isSame ? 0 : 1)
            where server_id = \(id) and org_id = \(principal.organisationID)
            """
        try await batch(
            Self.locked(.mcpServer(id)) + [
                MCPRecord.audited.statement(.updated, id, change, by: principal, address: address),
                Self.syncTools(of: id), Self.syncAgents(of: id),
            ],
            by: .system
        )
        return try await mcpServer(id, by: principal)
    }

    /// Its tools go with it; what they have done stays in the runs' logs. False when there is no such server.
    package func deleteMCPServer(_ id: UUID, by principal: Principal, address: String? = nil) async throws -> Bool {
        try Self.checkAdministrator(principal)
        let deletion: Query = "delete from mcp_servers where server_id = \(id) and org_id = \(principal.organisationID)"
        return try await batch(
            Self.locked(.mcpServer(id)) + [
                """
                delete from tools where tool_id in (
                    select m.tool_id from mcp_tools m join mcp_servers s using (server_id)
                    where s.server_id = \(id) and s.org_id = \(principal.organisationID)
                )
                """,
                MCPRecord.audited.statement(.deleted, id, deletion, by: principal, address: address),
            ],
            by: principal
        ).last?.affected == 1
    }

    /// Lets agents use tools as they are described now: `entries` are their ids, each with the version that was looked at.
    /// Returns how many there were; what has changed since is not among them.
    package func approveMCPTools(
        _ entries: [(id: UUID, version: Int)],
        of server: UUID,
        by principal: Principal,
        address: String? = nil
    ) async throws -> Int {
        try Self.checkAdministrator(principal)
        let wanted = Dictionary(entries.map { ($0.id, $0.version) }) { first, _ in first }
        let tools = try await mcpTools(of: server, by: principal).filter {
            wanted[$0.id] == $0.version && [.new, .changed].contains($0.state)
        }
        guard !tools.isEmpty else { return 0 }
        let audit = AuditEntry("mcp_tools.approved", target: server.text).insertion(
            for: "(select jsonb_agg(name order by name) as names from done having count(*) > 0) all_done",
            by: principal,
            address: address,
            detail: "jsonb_build_object('after', jsonb_build_object('tools', all_done.names))"
        )
        try await batch(
            [
                """
                with approved as (
                    select * from unnest(
                        \(tools.map(\.id))::uuid[], \(tools.map(\.version))::integer[], \(tools.map(\.modelName))::text[],
                        \(tools.map { _ in UUID.v7() })::uuid[]
                    ) t (entry_id, version, name, tool_id)
                ), made as (
                    insert into tools (tool_id, org_id, name, description, tool_type, schema, security_level, effect, time_limit)
                    select a.tool_id, m.org_id, a.name, a.name, 'mcp', m.schema, 'privileged', 'effectful', 120
                    from approved a join mcp_tools m using (entry_id)
                    where m.version = a.version and m.tool_id is null
                    returning tool_id
                ), done as (
                    update mcp_tools m set approved_description = m.description, approved_schema = m.schema,
                        approved_read_only = m.is_read_only, approved_at = now(), tool_id = coalesce(m.tool_id, a.tool_id)
                    from approved a
                    where m.entry_id = a.entry_id and m.version = a.version
                        and (m.tool_id is not null or a.tool_id in (select tool_id from made))
                    returning m.name
                )
                \(audit)
                """,
                Self.syncTools(of: server), Self.syncAgents(of: server),
            ],
            by: .system
        )
        return tools.count
    }

    private static func checkAdministrator(_ principal: Principal) throws {
        guard principal.isSuperuser else {
            throw StorageError.invalid("server", "Only an administrator sets up MCP servers.")
        }
    }
}

// MARK: - What agents have of it

extension Store {
    /// The rows of tools as they were approved, each with what keeps it from being used now.
    static func syncTools(of server: UUID) -> Query {
        """
        update tools t set
            description = case when x.reason is null then '' else '[Not available: ' || x.reason || '] ' end
                || x.approved_description || E'\\n(From the MCP server ' || x.server || '.)',
            schema = x.approved_schema,
            security_level = case when x.is_trusted and x.approved_read_only or x.kind <> 'tool'
                then 'read_only' else 'privileged' end,
            effect = case when x.is_trusted and x.approved_read_only or x.kind <> 'tool'
                then 'idempotent' else 'effectful' end,
            definition = jsonb_strip_nulls(jsonb_build_object(
                'server_id', x.server_id, 'server', x.server, 'kind', x.kind, 'tool', x.name,
                'description', x.approved_description, 'read_only', x.approved_read_only, 'reason', x.reason
            ))
        from (
            select m.*, s.name as server, s.is_trusted, case
                when not s.is_enabled then 'The server is switched off.'
                when m.gone_at is not null then 'The server no longer offers this tool, since '
                    || to_char(m.gone_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC.'
                when \(MCPToolRecord.state) <> 'approved'
                    then 'The server has changed this tool; an administrator has to approve it again.'
                end as reason
            from mcp_tools m join mcp_servers s using (server_id)
            where m.server_id = \(server)
        ) x
        where t.tool_id = x.tool_id
        """
    }

    /// The system's agents have its tools when they are to; other agents are their makers' business.
    static func syncAgents(of server: UUID) -> Query {
        """
        with wanted as (
            select a.agent_id, m.tool_id from mcp_servers s join mcp_tools m using (server_id)
            join agents a on a.agent_type = 'system' and a.name = any(s.agents)
            where s.server_id = \(server) and m.tool_id is not null
        ), unwanted as (
            delete from agent_tools g using agents a, mcp_tools m
            where g.agent_id = a.agent_id and a.agent_type = 'system' and g.tool_id = m.tool_id
                and m.server_id = \(server)
                and not exists (select from wanted w where w.agent_id = g.agent_id and w.tool_id = g.tool_id)
        )
        insert into agent_tools (agent_id, tool_id) select agent_id, tool_id from wanted on conflict do nothing
        """
    }

    static func place(ofMCPServer id: UUID) -> SealedPlace {
        SealedPlace(table: "mcp_servers", row: id, column: "secrets_encrypted")
    }

    private func seal(_ secrets: [String: Secret], of server: UUID) throws -> String? {
        guard !secrets.isEmpty else { return nil }
        let object = JSONValue.object(secrets.mapValues { .string($0.reveal()) })
        return try keys.seal(Secret(object.text), in: Self.place(ofMCPServer: server))
    }
}
