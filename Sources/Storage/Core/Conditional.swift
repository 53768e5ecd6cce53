package import Foundation
import Postgres

/// A thing that somebody may change on condition that it still is as they saw it.
package enum Conditional: Sendable, Equatable {
    case user(UUID), preferences(of: UUID), apiKey(UUID)
    /// Where somebody is signed in.
    case signIns(of: UUID)
    case organisation(UUID), member(UUID, of: UUID)
    case provider(UUID), model(UUID), budget(UUID), mcpServer(UUID)
    case agent(UUID), tool(UUID), skill(UUID)
    /// How an agent has a tool.
    case grant(of: UUID, to: UUID)
    case skills(ofAgent: UUID)
    /// Where an agent's programs may go in the runs of one person.
    case network(ofAgent: UUID, user: UUID?, organisation: UUID?)
    case conversation(UUID), message(UUID, conversation: UUID), file(UUID, conversation: UUID)
    case variable(String, conversation: UUID)
    /// What an organisation says of all that is in it.
    case modelChoice(of: UUID?), toolMaking(of: UUID?), instructions(of: UUID?), policies(of: UUID?)
    case ownPolicies(of: UUID?, organisation: UUID?)
    /// Of the instance, all together.
    case settings
}

// What a thing is in tables.
extension Conditional {
    /// The first statements of a change, after which nobody else changes it.
    var locks: [Query] {
        switch self {
        // Where there may be no row to lock, all who change it stand in one line.
        case .settings: [Self.line("alma.settings")]
        case .instructions: [Self.line("alma.instructions")]
        case .network(let agent, _, _): [Self.line("alma.agent_networks", of: agent)]
        // A rule may also go with its agent or its person, who stand in no line.
        case .policies(let organisation), .ownPolicies(_, let organisation):
            [Self.line("alma.tool_policies", of: organisation), everyRow]
        // Whoever signs in waits for the first, and whoever signs out for the others.
        case .signIns(let user):
            [
                "select from users where user_id = \(user) for update",
                "select from sessions where user_id = \(user) for update",
                "select from refresh_tokens where user_id = \(user) for update",
            ]
        case .member(_, let organisation):
            // Whoever signs in holds the person, and asks for this row then.
            [
                "select from organisations where org_id = \(organisation) for update",
                "select from \(rows) for no key update of m",
            ]
        case .message(_, let conversation), .variable(_, let conversation): [RunTree.lock(conversation), everyRow]
        case .grant(_, let agent): [Self.lock(agent), everyRow]
        case .skills(let agent): [Self.lock(agent), "select from agent_skills where agent_id = \(agent) for update"]
        case .modelChoice(let organisation):
            [everyRow, "select from default_models where org_id = \(organisation) for update"]
        case .user, .preferences, .apiKey, .organisation, .provider, .model, .budget, .mcpServer, .agent, .tool, .skill,
            .conversation, .file, .toolMaking:
            [everyRow]
        }
    }

    private var everyRow: Query { "select from \(rows) for update" }

    private static func line(_ name: String, of id: UUID? = nil) -> Query {
        let whose: Query = id.map { ", hashtext(\($0)::text)" } ?? ""
        return "select pg_advisory_xact_lock(hashtext(\(name)::text)\(whose))"
    }

    /// As whoever changes an agent takes it.
    private static func lock(_ agent: UUID) -> Query {
        "select from agents where agent_id = \(agent) for no key update"
    }

    /// Of the rows: another after each change, none when nothing is there.
    var version: Query {
        switch self {
        case .settings: "(select string_agg(name || ':' || xmin::text, ',' order by name) from settings)"
        case .organisation, .model, .budget: "xmin::text"
        // Their rows may be written for other reasons, too: an agent's runs are counted in its own.
        case .agent, .tool, .skill: "version::text"
        // Nor is it a change that somebody signs in, that something is tried out, or that it was in use.
        case .user: Self.digest(of: "to_jsonb(users) - 'last_login_at'::text")
        case .apiKey: Self.digest(of: "to_jsonb(api_keys) - 'last_used_at'::text")
        case .provider:
            Self.digest(
                of: """
                    to_jsonb(llmconfigs)
                        - array['last_tested_at', 'test_status', 'test_code', 'test_message']::text[]
                    """
            )
        case .mcpServer: Self.digest(of: "to_jsonb(mcp_servers) - \(Self.observed)")
        // Who has named it is told to nobody.
        case .conversation: Self.digest(of: "to_jsonb(conversations) - 'is_titled'::text")
        case .message: Self.digest(of: "to_jsonb((select x from (select \(Message.columns)) x))")
        case .file: Self.digest(of: "to_jsonb(files)")
        // What is gone has a version, too: it could be made anew, and is not as it was.
        case .variable: "max(\(Self.digest(of: "value")))"
        case .member: "max(\(Self.digest(of: Self.membership)))"
        case .preferences: Self.digest(of: "preferences")
        case .signIns: "string_agg(s.id::text, ',' order by s.id)"
        case .grant: Self.digest(of: "to_jsonb(agent_tools)")
        case .skills: "string_agg(s.name, ',' order by s.name)"
        // One's own comes before that of the agent's maker.
        case .network(_, let user, _): "(array_agg(n.hosts::text order by n.user_id = \(user) desc))[1]"
        case .modelChoice: Self.digest(of: "jsonb_build_array(o.default_model_id, \(Self.defaults))")
        case .toolMaking: "members_make_tools::text"
        case .instructions: Self.digest(of: "to_jsonb(t)")
        case .policies, .ownPolicies: Self.digest(of: "jsonb_agg(to_jsonb(p) order by p.policy_id)")
        }
    }

    /// Of all that a row says.
    private static func digest(of row: Query) -> Query { "sha256(convert_to((\(row))::text, 'UTF8'))::text" }

    /// What connections to an MCP server write: how it is, what it offers, and tokens, which are renewed.
    private static let observed: Query = """
        array[
            'state', 'state_since', 'last_error', 'last_seen_at', 'latency_ms', 'protocol_version', 'title', 'version',
            'resources', 'prompts', 'oauth_encrypted'
        ]::text[]
        """

    /// Of an `m` of memberships and a `u` of users.
    private static let membership: Query = "jsonb_build_array(\(OrganisationMember.columns))"

    /// Of an `o` of organisations.
    private static let defaults: Query = """
        (select jsonb_agg(to_jsonb(d) order by d.purpose) from default_models d where d.org_id = o.org_id)
        """

    var rows: Query {
        switch self {
        case .user(let id), .preferences(let id): "users where user_id = \(id)"
        case .apiKey(let id): "api_keys where key_id = \(id)"
        case .signIns(let user): "(\(SignedIn.all(of: user))) s"
        case .organisation(let id): "organisations where org_id = \(id)"
        case .toolMaking(let id): "organisations where org_id = \(id)"
        case .modelChoice(let id): "organisations o where o.org_id = \(id)"
        case .instructions(let id): "(\(Instructions.texts(of: id))) t"
        case .member(let user, let organisation):
            """
            memberships m join users u on u.user_id = m.user_id and u.status <> 'deleted'
            where m.org_id = \(organisation) and m.user_id = \(user)
            """
        case .provider(let id): "llmconfigs where llm_id = \(id)"
        case .model(let id): "models where model_id = \(id)"
        case .budget(let id): "budgets where budget_id = \(id)"
        case .mcpServer(let id): "mcp_servers where server_id = \(id)"
        case .agent(let id): "agents where agent_id = \(id)"
        case .tool(let id): "tools where tool_id = \(id)"
        case .skill(let id): "skills where skill_id = \(id)"
        case .grant(let tool, let agent): "agent_tools where agent_id = \(agent) and tool_id = \(tool)"
        case .skills(let agent): "agent_skills g join skills s using (skill_id) where g.agent_id = \(agent)"
        case .network(let agent, let user, let organisation):
            """
            agent_networks n join agents a using (agent_id)
            where n.agent_id = \(agent) and n.org_id = \(organisation) and n.user_id in (\(user), a.user_id)
            """
        case .conversation(let id): "conversations where conversation_id = \(id)"
        case .message(let id, let conversation):
            "messages m where m.conversation_id = \(conversation) and m.message_id = \(id) and not m.is_deleted"
        case .file(let id, let conversation):
            "files where file_id = \(id) and conversation_id = \(conversation) and size is not null"
        case .variable(let name, let conversation):
            "conversation_variables where conversation_id = \(conversation) and name = \(name)"
        case .policies(let organisation): "tool_policies p where p.org_id = \(organisation) and p.by_organisation"
        case .ownPolicies(let user, let organisation):
            """
            tool_policies p
            where p.org_id = \(organisation) and p.user_id = \(user) and not p.by_organisation
            """
        case .settings: "(values (1)) one"
        }
    }
}
