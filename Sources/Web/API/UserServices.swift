import Engine
import Foundation
import Logging
import Storage

extension WebServices {
    /// Changes an account. Whoever is shut out has their runs stopped: nobody is left to pay for them, or to answer.
    func changeUser(
        _ id: UUID,
        _ change: UserChange,
        by principal: Principal,
        address: String?
    ) async throws -> User? {
        let changed = try await store.changeUser(id, change, by: principal, address: address)
        if let changed, !changed.isActive { await stopRuns(of: changed) }
        return changed
    }

    private func stopRuns(of user: User) async {
        do {
            for run in try await store.rootRuns(of: user.id) {
                let owner = Principal.member(user: run.userID, organisation: run.organisationID, role: .member)
                guard let stopped = try await store.requestCancellation(of: run.id, by: owner) else { continue }
                runCancelled(stopped)
            }
            runQueued()
        } catch {
            logger.error("Runs of an account were not stopped", metadata: ["error": "\(error)"])
        }
    }
}
