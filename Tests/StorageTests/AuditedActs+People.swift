import Engine
import Foundation
import Storage

/// What is done to accounts, organisations and the instance, and to what others do.
extension AuditedAct {
    static let people = accounts + organisations + instance

    private static let accounts: [AuditedAct] = [
        AuditedAct("user.created") { stage in
            return {
                _ = try await stage.store.createUser(
                    email: "new@example.org",
                    nickname: nil,
                    language: "en",
                    role: .administrator,
                    password: nil,
                    by: .system,
                    address: "command line"
                )
            }
        },
        AuditedAct("user.disabled") { stage in
            let change = UserChange(status: .disabled)
            return { _ = try await stage.store.changeUser(stage.ada.id, change, by: stage.by, address: nil) }
        },
        AuditedAct("user.role_changed") { stage in
            let change = UserChange(role: .auditor)
            return { _ = try await stage.store.changeUser(stage.ada.id, change, by: stage.by, address: nil) }
        },
        AuditedAct("user.password_link_made") { stage in
            return { _ = try await stage.store.handOutPasswordLink(user: stage.ada.id, by: stage.by, address: nil) }
        },
        AuditedAct("session.started") { stage in
            let ada = stage.ada
            return {
                _ = try await stage.store.startSession(
                    user: ada.id,
                    userAgent: nil,
                    by: ada.principal,
                    address: nil,
                    lifetime: .seconds(60)
                )
            }
        },
        AuditedAct("session.token_issued") { stage in
            return { _ = try await stage.store.issueRefreshToken(user: stage.ada.id, by: stage.ada.principal) }
        },
        AuditedAct("session.ended") { stage in
            let id = try await stage.session()
            return { _ = try await stage.store.endSignIn(id, of: stage.ada.id, by: stage.by, address: nil) }
        },
        AuditedAct("sessions.ended") { stage in
            _ = try await stage.session()
            return { _ = try await stage.store.endSignIns(of: stage.ada.id, keeping: nil, by: stage.by, address: nil) }
        },
        AuditedAct("password.changed") { stage in
            let (old, new) = (TestPeople.password, Secret("another horse battery"))
            return {
                _ = try await stage.store.changePassword(
                    current: old,
                    new: new,
                    keepingSession: nil,
                    by: stage.ada.principal
                )
            }
        },
        AuditedAct("api_key.created") { stage in
            return { _ = try await stage.key() }
        },
        AuditedAct("api_key.revoked") { stage in
            let id = try await stage.key()
            return { _ = try await stage.store.revokeAPIKey(id, by: stage.ada.principal) }
        },
        AuditedAct("api_key.revoked") { stage in
            let id = try await stage.key()
            return { _ = try await stage.store.revokeAPIKey(id, of: stage.ada.id, by: stage.by, address: nil) }
        },
    ]

    private static let organisations: [AuditedAct] = [
        AuditedAct("organization.created") { stage in
            return { _ = try await stage.team() }
        },
        AuditedAct("organization.renamed") { stage in
            let id = try await stage.team()
            return { _ = try await stage.store.renameOrganisation(id, to: "Other", by: stage.by, address: nil) }
        },
        AuditedAct("organization.deleted") { stage in
            let id = try await stage.team()
            return { _ = try await stage.store.deleteOrganisation(id, by: stage.by, address: nil) }
        },
        AuditedAct("organization.restored") { stage in
            let id = try await stage.team()
            _ = try await stage.store.deleteOrganisation(id, by: stage.by, address: nil)
            return { _ = try await stage.store.restoreOrganisation(id, by: stage.by, address: nil) }
        },
        AuditedAct("organization.invitation_made") { stage in
            let id = try await stage.team()
            return { _ = try await stage.invitation(to: id) }
        },
        AuditedAct("organization.invitation_withdrawn") { stage in
            let team = try await stage.team()
            let id = try await stage.invitation(to: team)
            return { _ = try await stage.store.withdrawInvitation(id, to: team, by: stage.by, address: nil) }
        },
        AuditedAct("member.added") { stage in
            let team = try await stage.team()
            return { try await stage.add(to: team) }
        },
        AuditedAct("member.role_changed") { stage in
            let (team, ada) = (try await stage.team(), stage.ada.id)
            try await stage.add(to: team)
            return { _ = try await stage.store.changeMember(ada, to: .admin, in: team, by: stage.by, address: nil) }
        },
        AuditedAct("member.removed") { stage in
            let (team, ada) = (try await stage.team(), stage.ada.id)
            try await stage.add(to: team)
            return { _ = try await stage.store.removeMember(ada, from: team, by: stage.by, address: nil) }
        },
    ]

    private static let instance: [AuditedAct] = [
        AuditedAct("registration.changed") { stage in
            return { _ = try await stage.store.setRegistrationMode(.open, by: stage.by) }
        },
        AuditedAct("approval_patience.changed") { stage in
            return { _ = try await stage.store.setApprovalPatience(60, by: stage.by) }
        },
        AuditedAct("mail.tested") { stage in
            return { _ = try await stage.store.queueTestMail(by: stage.by, address: nil) }
        },
        AuditedAct("run.stopped") { stage in
            let (run, ada) = (try await stage.store.queuedRun(by: stage.ada.principal).id, stage.ada.principal)
            return { _ = try await stage.store.requestCancellation(of: run, by: ada, stopper: stage.by) }
        },
        AuditedAct("conversation.deleted") { stage in
            let id = try await stage.store.createConversation(title: nil, by: stage.by).id
            return { _ = try await stage.store.deleteConversation(id, by: stage.by) }
        },
    ]
}

extension AuditStage {
    fileprivate func invitation(to team: UUID) async throws -> UUID {
        let made = try await store.invite(to: team, as: .member, email: nil, uses: 1, days: 1, by: by, address: nil)
        guard let made else { throw TestPeople.Missing() }
        return made.invitation.id
    }

    fileprivate func add(to team: UUID) async throws {
        _ = try await store.addMember(ada.id, as: .member, to: team, by: by, address: nil)
    }
}
