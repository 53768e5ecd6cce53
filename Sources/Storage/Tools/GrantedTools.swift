import Engine
import Foundation
import Postgres

/// The tools of a run's agent, as its brief has them.
struct GrantedTools {
    private(set) var names: [String] = []
    private(set) var kept: [KeptTool] = []
    private(set) var settings: [String: ToolSettings] = [:]

    /// Whoever has tools can read on in their results: `read_result` comes along, and with the first skill what opens it. Where an organisation has a tool called like
    /// one of the program's, it is the program's.
    static func query(_ run: RunTerms) -> Query {
        """
        select distinct on (t.name) t.name, g.configuration::text,
            case when t.tool_type <> 'builtin' then t.tool_id end as tool_id, t.tool_type, \(columns)
        from tools t left join agent_tools g on g.tool_id = t.tool_id and g.agent_id = \(run.agentID) and g.is_enabled
        where t.is_active and (
                g.tool_id is not null or t.org_id is null and (
                    t.name = \(ToolExcerpt.reader)
                    or t.name = \(Skill.opener) and exists (select from agent_skills s where s.agent_id = \(run.agentID))
                )
            )
            and (t.org_id is null or t.org_id = \(run.organisationID))
        order by t.name, t.org_id nulls first
        """
    }

    /// The program knows the rest of its own.
    private static let columns: Query = """
        case when t.tool_type <> 'builtin' then t.description end as description,
        case when t.tool_type <> 'builtin' then t.schema::text end as schema, t.security_level, t.effect, t.time_limit, t.version,
        case when t.tool_type <> 'builtin' then t.definition::text end as definition
        """

    init(_ rows: some Sequence<Row>) throws {
        for row in rows {
            let name = try row.get("name", as: String.self)
            let settings = try row.get("configuration", as: String?.self).map {
                ToolSettings(try JSONValue(parsing: $0))
            }
            names.append(name)
            if let id = try row.get("tool_id", as: UUID?.self) {
                kept.append(try KeptTool(row, id: id, name: name, settings: settings ?? ToolSettings()))
            } else if let settings, settings != ToolSettings() {
                self.settings[name] = settings
            }
        }
    }
}

extension KeptTool {
    fileprivate init(_ row: Row, id: UUID, name: String, settings: ToolSettings) throws {
        self.init(
            id: id,
            type: try row.get("tool_type"),
            specification: ToolSpecification(
                name: name,
                description: try row.get("description"),
                schema: try row.get("schema"),
                level: ToolLevel(rawValue: try row.get("security_level")) ?? .privileged,
                effect: ToolEffect(rawValue: try row.get("effect")) ?? .effectful,
                timeLimit: .seconds(try row.get("time_limit", as: Int.self)),
                version: "\(id.text) \(try row.get("version", as: String.self))"
            ),
            definition: try JSONValue(parsing: try row.get("definition")),
            settings: settings
        )
    }
}
