package import Engine
import Foundation
import Logging
import Storage

/// What is written down when it is made, changed and deleted.
protocol Audited: Sendable {
    /// What the actions begin with: `provider` for `provider.updated`.
    static var auditName: String { get }
    var id: UUID { get }
    /// What of it matters to those who look later; never a secret.
    var auditFields: [String: JSONValue] { get }
}

extension WebServices {
    /// Writes an audit record; a failure of it must not undo what was done, so it is logged. `before` and `after` say what
    /// has changed, without secrets.
    package func record(
        _ action: String,
        target: String? = nil,
        before: [String: JSONValue] = [:],
        after: [String: JSONValue] = [:],
        by principal: Principal,
        address: String?
    ) async {
        do {
            let entry = AuditEntry(action, target: target, before: before, after: after)
            try await store.audit(entry, by: principal, address: address)
        } catch {
            logger.error("The audit record was not written", metadata: ["action": "\(action)", "error": "\(error)"])
        }
    }

    /// Writes down what has become of something: made where there was nothing, deleted where there is nothing, else changed.
    func record<Thing: Audited>(
        _ before: Thing?,
        became after: Thing?,
        by principal: Principal,
        address: String?
    ) async {
        guard let id = (after ?? before)?.id else { return }
        let act = before == nil ? "created" : after == nil ? "deleted" : "updated"
        await record(
            "\(Thing.auditName).\(act)",
            target: id.text,
            before: before?.auditFields ?? [:],
            after: after?.auditFields ?? [:],
            by: principal,
            address: address
        )
    }
}

extension Provider: Audited {
    static let auditName = "provider"

    var auditFields: [String: JSONValue] {
        [
            "provider": .string(provider.rawValue), "provider_name": .string(providerName),
            "api_base_url": .string(apiBaseURL), "api_key_hint": JSONValue(keyHint), "has_key": .bool(hasKey),
            "organization_id": JSONValue(organizationID), "is_active": .bool(isActive),
            "concurrent": JSONValue(limit?.concurrent),
            "per_minute": JSONValue(limit?.perMinute),
        ]
    }
}

extension ModelRecord: Audited {
    static let auditName = "model"

    var auditFields: [String: JSONValue] {
        [
            "llm_id": .string(llmID.text), "name": .string(name), "display_name": .string(displayName),
            "context_window": JSONValue(contextWindow), "max_tokens": JSONValue(maxTokens),
            "supports_vision": .bool(supportsVision), "is_active": .bool(isActive),
            "pricing": pricing.flatMap { try? JSONValue(parsing: $0) } ?? .null,
        ]
    }
}

extension BudgetRecord: Audited {
    static let auditName = "budget"

    var auditFields: [String: JSONValue] {
        [
            "scope": .string(subject.scope.rawValue), "subject": JSONValue(subject.id?.text),
            "period": .string(period.rawValue), "name": JSONValue(name), "amount": .number(terms.amount),
            "currency": .string(terms.currency), "warn_at": JSONValue(terms.warnAt), "ask_at": JSONValue(terms.askAt),
            "stop_at": JSONValue(terms.stopAt),
        ]
    }
}

extension MCPRecord: Audited {
    static let auditName = "mcp_server"

    var auditFields: [String: JSONValue] {
        [
            "name": .string(name), "transport": .string(transport.rawValue), "place": .string(place),
            "arguments": .array(arguments.map(JSONValue.string)), "network": .array(network.map(JSONValue.string)),
            "secret_names": .array(secretNames.map(JSONValue.string)), "is_enabled": .bool(isEnabled),
            "is_trusted": .bool(isTrusted), "agents": .array(agents.map(JSONValue.string)),
        ]
    }
}

extension JSONValue {
    fileprivate init(_ text: String?) { self = text.map(JSONValue.string) ?? .null }
    fileprivate init(_ number: Int?) { self = number.map { .number(Decimal($0)) } ?? .null }
}
