import Engine
import Foundation
import Storage

// Tools that people make, for pages and programs alike. What is done is written down in the audit.
extension WebServices {
    /// nil when the one who asks may not. Throws `StorageError` with the field that is wrong.
    func createTool(_ draft: ToolDraft, by principal: Principal, address: String?) async throws -> ToolRecord? {
        try check(draft)
        guard let tool = try await store.createTool(draft, by: principal) else { return nil }
        await record("tool.created", target: "\(tool.id.text) \(tool.name)", by: principal, address: address)
        return tool
    }

    func updateTool(
        _ id: UUID,
        _ draft: ToolDraft,
        by principal: Principal,
        address: String?
    ) async throws -> ToolRecord? {
        try check(draft)
        guard let tool = try await store.updateTool(id, draft, by: principal) else { return nil }
        await record("tool.changed", target: "\(id.text) \(tool.version)", by: principal, address: address)
        return tool
    }

    /// `seen`: the version that whoever asks knows as the one that holds.
    func restoreTool(
        _ id: UUID,
        version: Int,
        at seen: Int? = nil,
        by principal: Principal,
        address: String?
    ) async throws -> ToolRecord? {
        let restored = try await store.restoreTool(id, version: version, at: seen, by: principal)
        guard let tool = restored else { return nil }
        await record("tool.restored", target: "\(id.text) \(version)", by: principal, address: address)
        return tool
    }

    func deleteTool(_ id: UUID, by principal: Principal, address: String?) async throws -> Bool {
        guard try await store.deleteTool(id, by: principal) else { return false }
        await record("tool.deleted", target: id.text, by: principal, address: address)
        return true
    }

    /// Whether members may make tools: for those who lead the organisation.
    func letMembersMakeTools(_ mayMake: Bool, by principal: Principal, address: String?) async throws {
        guard try await store.setMembersMakeTools(mayMake, by: principal) else {
            throw WebError(.forbidden, "This is for those who lead the organisation.")
        }
        await record("tool_making.changed", target: mayMake ? "members" : "leaders", by: principal, address: address)
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
        await record("tool.tested", target: id.text, by: principal, address: address)
        return await tools.trial(of: kept, input: input, by: principal)
    }

    private func check(_ draft: ToolDraft) throws {
        if let complaint = tools.complaint(about: try draft.kept()) {
            throw StorageError(.invalid("definition"), complaint)
        }
    }
}
