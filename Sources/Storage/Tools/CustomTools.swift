package import Engine
package import Foundation
import Postgres

// Tools that people make. Each change is a version of its own, and an older one can be given again.
extension Store {
    private static let versionLimit = 100

    /// Whether the principal may make tools in their organisation.
    package func makesTools(_ principal: Principal) async throws -> Bool {
        try await query("select alma_makes_tools(\(principal.organisationID)) as makes", by: principal).first?
            .get("makes") ?? false
    }

    /// Whether those who do not lead the organisation may make tools.
    package func membersMakeTools(by principal: Principal) async throws -> Bool {
        try await query(
            "select members_make_tools from organisations where org_id = \(principal.organisationID)",
            by: principal
        ).first?.get("members_make_tools") ?? false
    }

    /// Whether the principal may change a tool: those who lead the organisation any that was made there, others their own.
    package func mayChange(_ tool: ToolRecord, by principal: Principal) async throws -> Bool {
        try await query(
            "select from tools t where t.tool_id = \(tool.id) and \(Self.mayChange(principal))",
            by: principal
        ).first != nil
    }

    /// False when it is not the principal's to say. Written down in the audit.
    package func setMembersMakeTools(
        _ mayMake: Bool,
        by principal: Principal,
        address: String? = nil
    ) async throws -> Bool {
        let entry = AuditEntry("tool_making.changed", target: mayMake ? "members" : "leaders")
        return try await query(
            """
            with done as (
                update organisations set members_make_tools = \(mayMake)
                where org_id = \(principal.organisationID) and alma_manages(org_id)
                returning org_id
            ), audited as (
                \(entry.insertion(for: "done", by: principal, address: address))
            )
            select from done
            """,
            changing: .toolMaking(of: principal.organisationID),
            by: principal
        ).affected == 1
    }

    /// nil when the principal may not. Throws `.invalid` with the field, `.conflict("name")` when there is a tool of that name.
    package func createTool(_ draft: ToolDraft, by principal: Principal, address: String? = nil) async throws
        -> ToolRecord?
    {
        let draft = try draft.checked()
        try await check(name: draft.name, by: principal)
        let id = UUID.v7()
        let made: Query = """
            insert into tools (
                tool_id, org_id, user_id, name, description, tool_type, schema, security_level, effect, time_limit,
                definition, version
            )
            select \(id), \(principal.organisationID), \(principal.userID), \(draft.name), \(draft.description),
                \(draft.type), \(JSONText(draft.schema))::jsonb, \(draft.level?.rawValue), \(draft.effect?.rawValue),
                \(draft.timeLimit), \(JSONText(draft.definition))::jsonb, '1'
            where alma_makes_tools(\(principal.organisationID))
            """
        let clauses = ToolRecord.audited.clauses(.created, id, made, by: principal, address: address)
        return try await write(clauses, id, by: principal)
    }

    /// A new version of it; its kind stays. nil when there is no such tool, or it is not the principal's to change. Throws
    /// `.changed`, and changes nothing, when `version`, which they have seen, is not its newest.
    package func updateTool(
        _ id: UUID,
        _ draft: ToolDraft,
        at version: Int? = nil,
        by principal: Principal,
        address: String? = nil
    ) async throws -> ToolRecord? {
        try await change(id, draft, .changed, at: version, by: principal, address: address)
    }

    private func change(
        _ id: UUID,
        _ draft: ToolDraft,
        _ act: AuditedTable.Act,
        at version: Int?,
        by principal: Principal,
        address: String?
    ) async throws -> ToolRecord? {
        let draft = try draft.checked()
        try await check(name: draft.name, by: principal)
        let change: Query = """
            update tools t set name = \(draft.name), description = \(draft.description),
                schema = \(JSONText(draft.schema))::jsonb, security_level = \(draft.level?.rawValue),
                effect = \(draft.effect?.rawValue), time_limit = \(draft.timeLimit),
                definition = \(JSONText(draft.definition))::jsonb, version = (t.version::integer + 1)::text,
                updated_at = now()
            where t.tool_id = \(id) and t.tool_type = \(draft.type) and \(Self.mayChange(principal))
            """
        let clauses = ToolRecord.audited.clauses(act, id, change, by: principal, address: address)
        return try await write(clauses, id, after: Self.locked(.tool(id), at: version), by: principal)
    }

    /// Gives an earlier version again, as a new one. nil when there is none, or it is not the principal's to change. Throws
    /// `.changed`, and changes nothing, when `seen`, which they know as the one that holds, is not its newest.
    package func restoreTool(
        _ id: UUID,
        version: Int,
        at seen: Int? = nil,
        by principal: Principal,
        address: String? = nil
    ) async throws -> ToolRecord? {
        guard let earlier = try await toolVersion(version, of: id, by: principal) else { return nil }
        return try await change(id, earlier.draft, .restored, at: seen, by: principal, address: address)
    }

    /// Agents that had it have it no more. False when there is no such tool, or it is not the principal's to change.
    package func deleteTool(_ id: UUID, by principal: Principal, address: String? = nil) async throws -> Bool {
        let deletion: Query = "delete from tools t where t.tool_id = \(id) and \(Self.mayChange(principal))"
        let audited = ToolRecord.audited.statement(.deleted, id, deletion, by: principal, address: address)
        return try await batch(Self.locked(.tool(id)) + [audited], by: principal).last?.affected == 1
    }

    /// The newest first; none of a tool that nobody made here.
    package func toolVersions(of id: UUID, by principal: Principal) async throws -> [KeptVersion<ToolDraft>] {
        let rows = try await query(
            """
            select v.*, t.tool_type from tool_versions v join tools t using (tool_id)
            where v.tool_id = \(id) and v.org_id = \(principal.organisationID) order by v.version desc
            """,
            by: principal
        )
        return try await versions(rows, draft: ToolDraft.init)
    }

    /// One of them; nil when there is none, or no such tool of the principal's organisation.
    package func toolVersion(
        _ version: Int,
        of id: UUID,
        by principal: Principal
    ) async throws -> KeptVersion<ToolDraft>? {
        let rows = try await query(
            """
            select v.*, t.tool_type from tool_versions v join tools t using (tool_id)
            where v.tool_id = \(id) and v.org_id = \(principal.organisationID) and v.version = \(version)
            """,
            by: principal
        )
        return try await versions(rows, draft: ToolDraft.init).first
    }

    /// `clauses`: of a `with`, of which `done` is the row; and the version that comes of it. What is older than the newest hundred
    /// goes. `locks` stand before them.
    private func write(
        _ clauses: Query,
        _ id: UUID,
        after locks: [Query] = [],
        by principal: Principal
    ) async throws -> ToolRecord? {
        let answers = try await batch(
            locks + [
                """
                with \(clauses)
                insert into tool_versions (
                    tool_id, version, org_id, user_id, name, description, schema, security_level, effect, time_limit,
                    definition
                )
                select tool_id, version::integer, org_id, \(principal.userID), name, description, schema,
                    security_level, effect, time_limit, definition
                from done
                """,
                """
                delete from tool_versions where tool_id = \(id) and version <= (
                    select max(version) - \(Self.versionLimit) from tool_versions where tool_id = \(id)
                )
                """,
                "select t.* from tools t where t.tool_id = \(id) and \(Self.hasTool(principal))",
            ],
            by: principal
        )
        guard answers[locks.count].affected == 1 else { return nil }
        return try answers.last?.first.map(ToolRecord.init)
    }

    /// The program's own names are not to be had.
    private func check(name: String, by principal: Principal) async throws {
        let isOurs =
            try await query(
                "select from tools where org_id is null and name = \(name)",
                by: principal
            ).first != nil
        guard !isOurs, !ToolCatalogue.teamTools.contains(where: { $0.name == name }) else {
            throw StorageError.conflict("name", "This name is taken already.")
        }
    }

    private static func mayChange(_ principal: Principal) -> Query {
        """
        t.org_id = \(principal.organisationID) and t.tool_type = any(\(ToolDraft.types)::text[])
            and (alma_manages(t.org_id) or t.user_id = \(principal.userID) and alma_makes_tools(t.org_id))
        """
    }
}

extension ToolRecord {
    static let audited = AuditedTable(
        name: "tool",
        table: "tools",
        key: "tool_id",
        fields: """
            jsonb_build_object(
                'name', x.name, 'tool_type', x.tool_type, 'security_level', x.security_level, 'effect', x.effect,
                'version', x.version
            )
            """
    )
}

extension ToolDraft {
    /// Of a row of tools or of their versions.
    init(_ row: Row) throws {
        self.init(
            name: try row.get("name"),
            description: try row.get("description"),
            type: try row.get("tool_type"),
            schema: try row.get("schema"),
            level: ToolLevel(rawValue: try row.get("security_level")),
            effect: ToolEffect(rawValue: try row.get("effect")),
            timeLimit: try row.get("time_limit"),
            definition: try row.get("definition")
        )
    }
}
