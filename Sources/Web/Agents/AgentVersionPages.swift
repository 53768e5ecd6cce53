import Engine
import Foundation
import Hummingbird
import Storage

/// The versions of an agent: how one differs from what holds, and the way back to it.
struct AgentVersionPages: Sendable {
    let making: AgentMakingPages

    private var desk: Desk { making.desk }

    func show(_ request: Request, context: WebContext) async throws -> Response {
        try await page(request, context: context)
    }

    /// `isOvertaken`: whether somebody has changed the agent since the reader saw what they wanted to replace.
    private func page(_ request: Request, context: WebContext, isOvertaken: Bool = false) async throws -> Response {
        let (agent, kept) = try await known(context)
        let voice = try desk.voice(context)
        let principal = try context.signedIn().principal
        guard let present = try await desk.store.agentDefinition(agent.id, by: principal) else {
            throw WebError.notFound
        }
        let title = voice.words("version.title", ["n": String(kept.version), "name": agent.displayName])
        let view = VersionView(
            page: desk.frame(title, .agents, request: request, context: context, voice: voice),
            of: .init(
                list: voice.words["agents.title"],
                listAddress: "/agents",
                name: agent.displayName,
                address: "/agents/\(agent.id.text)",
                version: agent.version
            ),
            kept,
            parts: VersionView.Part.all(kept.draft.parts(voice.words), present.parts(voice.words)),
            isOvertaken: isOvertaken,
            voice: voice
        )
        return try desk.page(view, context: context, status: isOvertaken ? .conflict : .ok)
    }

    /// Gives it again as a new one, unless there is a newer one than the person has seen: then they see what that would undo,
    /// and decide. Where something that it names is not there any more, they see the form with the rest.
    func restore(_ request: Request, context: WebContext) async throws -> Response {
        let (agent, kept) = try await known(context)
        let identity = try context.signedIn()
        let seen = try await request.seenVersion()
        guard seen == nil || seen == agent.version else {
            return try await page(request, context: context, isOvertaken: true)
        }
        let arrival = try await desk.store.arrival(of: kept.draft, by: identity.principal)
        var errors = FormErrors()
        if arrival.missing.isEmpty {
            do {
                let restored = try await desk.store.updateAgent(
                    agent.id,
                    arrival.draft,
                    at: seen,
                    restoring: kept.version,
                    by: identity.principal
                )
                guard restored != nil else { throw WebError.notFound }
                return .redirect(to: "/agents/\(agent.id.text)", done: .saved, anchor: "versions")
            } catch let error as StorageError where error.code == .conflict("version") {
                return try await page(request, context: context, isOvertaken: true)
            } catch let error as StorageError {
                try making.refuse(error, &errors, voice: desk.voice(context))
            }
        }
        return try await making.form(
            request,
            context: context,
            id: agent.id,
            arrival: arrival,
            origin: AgentOrigin(version: agent.version, restoring: kept.version),
            errors: errors
        )
    }

    private func known(_ context: WebContext) async throws -> (Agent, KeptVersion<AgentDefinition>) {
        let (principal, id) = (try context.signedIn().principal, try context.identifier("id"))
        guard let version = try await desk.store.agentVersion(context.version(), of: id, by: principal),
            let agent = try await desk.store.agent(id, by: principal)
        else { throw WebError.notFound }
        return (agent, version)
    }
}
