import Engine
import Foundation
import Hummingbird
import Storage

/// Closing an organisation and opening it again.
struct OrganisationDeletionRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .delete,
            "/v1/organizations/{id}",
            .organisations,
            "Deletes an organisation",
            about:
                "For its owners. It is closed to everybody, its runs are stopped, its API keys and links are gone. For \(Store.organisationDays) days an administrator of the instance can open it again; then all that is in it is deleted for good.",
            access: .inPerson,
            errors: [.conflict, .forbidden],
            use: delete
        )
        Endpoint(
            .post,
            "/v1/organizations/{id}/restoration",
            .organisations,
            "Opens a deleted organisation again",
            access: .permitted(.systemManage),
            replies: [.object(.organisation)],
            use: restore
        )
    }

    func delete(_ request: Request, context: WebContext) async throws -> Response {
        let isDeleted = try await services.deleteOrganisation(
            context.identifier("id"),
            by: try context.inPerson().principal,
            address: context.remoteAddress
        )
        guard isDeleted else { throw WebError.notFound }
        return Envelope.noContent(context: context)
    }

    func restore(_ request: Request, context: WebContext) async throws -> Response {
        let (id, principal) = (try context.identifier("id"), try context.permitted(.systemManage).principal)
        guard try await services.store.restoreOrganisation(id, by: principal, address: context.remoteAddress),
            let found = try await services.store.organisation(id, by: principal)
        else { throw WebError.notFound }
        return Envelope.success(found.representation, context: context)
    }
}
