import Engine
import Foundation
import Storage

// Tools that people make, for pages and programs alike.
extension WebServices {
    /// nil when the one who asks may not. Throws `StorageError` with the field that is wrong.
    func createTool(_ draft: ToolDraft, by principal: Principal, address: String?) async throws -> ToolRecord? {
        try check(draft)
        return try await store.createTool(draft, by: principal, address: address)
    }

    /// `seen`: the version that whoever asks knows as the one that holds.
    func updateTool(
        _ id: UUID,
        _ draft: ToolDraft,
        at seen: Int? = nil,
        by principal: Principal,
        address: String?
    ) async throws -> ToolRecord? {
        try check(draft)
        return try await store.updateTool(id, draft, at: seen, by: principal, address: address)
    }

    /// Whether members may make tools: for those who lead the organisation.
    func letMembersMakeTools(_ mayMake: Bool, by principal: Principal, address: String?) async throws {
        guard try await store.setMembersMakeTools(mayMake, by: principal, address: address) else {
            throw WebError(.forbidden, "This is for those who lead the organisation.")
        }
    }

    /// Does it once, for real, with the power of the one who asks; what the organisation does not allow is not done.
    func tryTool(
        _ id: UUID,
        _ draft: ToolDraft,
        input: JSONValue,
        parameters: JSONValue,
        by principal: Principal,
        address: String?
    ) async throws -> ToolTrial {
        let kept = try draft.kept(id: id, settings: ToolSettings(parameters: parameters))
        let rules = try await store.organisationPolicies(by: principal).filter { rule in
            // Those who lead it are told of rules about others, too.
            rule.agentID == nil && (rule.userID == nil || rule.userID == principal.userID)
        }
        // Nobody need be asked: whoever presses the button has answered.
        guard ToolPolicy(rules: rules).decision(on: kept.specification, agent: id) != .deny else {
            return ToolTrial(error: "The organisation does not allow it.", seconds: 0)
        }
        try await store.audit(AuditEntry("tool.tested", target: id.text), by: principal, address: address)
        return await tools.trial(of: kept, input: input, by: principal)
    }

    private func check(_ draft: ToolDraft) throws {
        if let complaint = tools.complaint(about: try draft.kept()) {
            throw StorageError(.invalid("definition"), complaint)
        }
    }
}
