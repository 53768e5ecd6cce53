import Engine
import Storage

extension WebServices {
    /// nil leaves one as it is. Throws `WebError` when it is not the principal's to say.
    func setInstructions(
        instance: String?,
        organisation: String?,
        by principal: Principal,
        address: String?
    ) async throws {
        let isSet = try await store.setInstructions(
            instance: instance,
            organisation: organisation,
            by: principal,
            address: address
        )
        guard isSet else {
            throw WebError(.forbidden, "This is for those who lead the instance or organisation.")
        }
    }
}
