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
        let changed = try await store.changeUser(
            id,
            change,
            tellsByMail: settings.sendsMail,
            by: principal,
            address: address
        )
        if let changed, !changed.isActive { await stopRuns(of: .person(changed.id)) }
        return changed
    }

    /// Stops all that they have at work.
    func stopRuns(of owner: RunOwner) async {
        do {
            var place: UUID?
            while true {
                let runs = try await store.rootRuns(of: owner, after: place)
                for run in runs {
                    let owner = Principal.member(user: run.userID, organisation: run.organisationID, role: .member)
                    guard let stopped = try await store.requestCancellation(of: run.id, by: owner) else { continue }
                    runCancelled(stopped)
                }
                place = runs.last?.id
                if runs.count < Store.mostRunsAtOnce { break }
            }
            runQueued()
        } catch {
            logger.error("Runs of those who are shut out were not stopped", metadata: ["error": "\(error)"])
        }
    }
}
