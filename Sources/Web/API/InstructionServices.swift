import Engine
import Foundation
import Storage

extension WebServices {
    /// As much of an instruction as the audit keeps.
    private static let audited = 4000

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

    private static func fields(_ instructions: Instructions) -> [String: JSONValue] {
        [
            "instance": .string(String(instructions.instance.prefix(audited))),
            "organization": .string(String(instructions.organisation.prefix(audited))),
        ]
    }
}
