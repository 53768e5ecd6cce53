import Engine
import Foundation
import Storage

/// A rule on tools as a program or a form asks for it. What does not make sense is refused, never left out: a rule on nobody in
/// particular is one on everybody.
struct PolicyWish: Sendable {
    let subject: PolicySubject
    /// nil takes the rule away.
    let decision: ToolPolicy.Decision?
    /// Seconds; nil where it is not said.
    let patience: Int?

    init(_ rule: ToolPolicyRoutes.OwnRule, user: UUID? = nil) throws(WebError) {
        guard (rule.toolName == nil) != (rule.securityLevel == nil) else {
            throw .invalid("tool_name", "Name either a tool or a level.")
        }
        if let seconds = rule.expiresAfter { try ApprovalRoutes.check(patience: seconds) }
        subject = PolicySubject(
            tool: rule.toolName,
            level: try Self.level(rule.securityLevel, of: "security_level"),
            agent: rule.agentId,
            user: user
        )
        decision = try ToolRoutes.decision(rule.decision)
        patience = rule.expiresAfter
    }

    /// `about` is `tool:NAME` or `level:NAME`, `user` and `agent` are ids or empty; an empty `decision` takes the rule away.
    init(_ form: Form) throws(WebError) {
        let about = form["about"].split(separator: ":", maxSplits: 1).map(String.init)
        guard about.count == 2, ["tool", "level"].contains(about[0]) else {
            throw .invalid("about", "Name a tool or a level.")
        }
        let fields = QueryReader(form)
        subject = PolicySubject(
            tool: about[0] == "tool" ? about[1] : nil,
            level: try Self.level(about[0] == "level" ? about[1] : nil, of: "about"),
            agent: try fields.identifier("agent"),
            user: try fields.identifier("user")
        )
        decision = try form.policyDecision("decision")
        patience = nil
    }

    private static func level(_ text: String?, of field: String) throws(WebError) -> ToolLevel? {
        guard let text else { return nil }
        guard let level = ToolLevel(rawValue: text) else {
            throw .invalid(field, "Use read_only, safe_execute or privileged.")
        }
        return level
    }
}

extension Form {
    /// What a field says of a tool; nil when it is empty, which takes a rule away.
    func policyDecision(_ field: String) throws(WebError) -> ToolPolicy.Decision? {
        try ToolRoutes.decision(self[field].isEmpty ? nil : self[field])
    }
}
