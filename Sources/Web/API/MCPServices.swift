import Engine
import Foundation
import Storage

extension WebServices {
    /// What came of connecting to a server.
    enum MCPOutcome: Sendable {
        case connected(MCPOffer)
        case failed(MCPFailure)
    }

    /// "Test" is "run": connects anew and reads what is offered; nil when there is no such server. Written down before.
    func probeMCPServer(_ id: UUID, by principal: Principal, address: String?) async throws -> MCPOutcome? {
        guard try await store.mcpServer(id, by: principal) != nil else { return nil }
        try await store.audit(AuditEntry("mcp_server.run", target: id.text), by: principal, address: address)
        guard let mcp else {
            return .failed(MCPFailure(.connection, "This process has no connections to MCP servers."))
        }
        do {
            return .connected(try await mcp.probe(id))
        } catch let failure as MCPFailure {
            return .failed(failure)
        }
    }

    /// Throws `StorageError` that names the field; a program that this server may not run is `place`.
    func createMCPServer(_ draft: MCPDraft, by principal: Principal, address: String?) async throws -> MCPRecord {
        try checkProgram(draft)
        return try await store.createMCPServer(draft, by: principal, address: address)
    }

    /// nil when there is no such server.
    func updateMCPServer(
        _ id: UUID,
        _ draft: MCPDraft,
        by principal: Principal,
        address: String?
    ) async throws -> MCPRecord? {
        try checkProgram(draft)
        let saved = try await store.updateMCPServer(id, draft, by: principal, address: address)
        guard let saved else { return nil }
        // A connection that was made with what it was before is of no use.
        if !saved.isEnabled { await mcp?.drop(id) }
        return saved
    }

    func deleteMCPServer(_ id: UUID, by principal: Principal, address: String?) async throws -> Bool {
        guard try await store.deleteMCPServer(id, by: principal, address: address) else { return false }
        await mcp?.forget(id)
        return true
    }

    /// Returns how many tools were approved; nil when there is no such server.
    func approveMCPTools(
        _ entries: [(id: UUID, version: Int)],
        of id: UUID,
        by principal: Principal,
        address: String?
    ) async throws -> Int? {
        guard try await store.mcpServer(id, by: principal) != nil else { return nil }
        return try await store.approveMCPTools(entries, of: id, by: principal, address: address)
    }

    private func checkProgram(_ draft: MCPDraft) throws {
        guard draft.transport == .stdio, draft.isEnabled, mcp?.programs.contains(draft.place) != true else { return }
        throw StorageError(
            .invalid("place"),
            "ALMA_MCP_PROGRAMS does not let this server run \(draft.place.prefix(200))."
        )
    }
}
