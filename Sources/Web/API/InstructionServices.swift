import Crypto
import Engine
import Foundation
import Storage

extension WebServices {
    /// nil leaves one as it is. Throws `WebError` when it is not the principal's to say. Written down in the audit.
    func setInstructions(
        instance: String?,
        organisation: String?,
        by principal: Principal,
        address: String?
    ) async throws {
        let before = try await store.instructions(by: principal)
        guard try await store.setInstructions(instance: instance, organisation: organisation, by: principal) else {
            throw WebError(.forbidden, "This is for those who lead the instance or organisation.")
        }
        await record(
            "instructions.changed",
            before: Self.fields(before),
            after: Self.fields(try await store.instructions(by: principal)),
            by: principal,
            address: address
        )
    }

    /// How long each is, in characters, and its SHA-256: what was said stays out of the audit, and no change goes without a
    /// trace.
    private static func fields(_ instructions: Instructions) -> [String: JSONValue] {
        var fields: [String: JSONValue] = [:]
        for (name, text) in [("instance", instructions.instance), ("organization", instructions.organisation)] {
            let digest = SHA256.hash(data: Data(text.utf8))
            fields["\(name)_length"] = .number(Decimal(text.unicodeScalars.count))
            fields["\(name)_digest"] = .string(
                "sha256:" + digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
            )
        }
        return fields
    }
}
