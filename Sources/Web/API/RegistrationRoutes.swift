import Engine
import Foundation
import Hummingbird
import Storage

/// Registering, and who may.
struct RegistrationRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .post,
            "/v1/register",
            .account,
            "Registers somebody",
            about: "Where registration is open, or waits for an administrator.",
            access: .anyone,
            body: .json(
                Registration.self,
                ["email": .length(3...255), "password": .length(8...1000), "nickname": .length(1...50)]
            ),
            replies: [.object(.user, .created)],
            errors: [.forbidden, .conflict],
            use: register
        )
        Endpoint(
            .get,
            "/v1/settings/registration",
            .settings,
            "Shows who may register",
            access: .permitted(.systemRead),
            replies: [.object(.registration)],
            use: registration
        )
        Endpoint(
            .put,
            "/v1/settings/registration",
            .settings,
            "Decides who may register",
            about: "What is left out stays. An address can be asked to be confirmed where the server sends mail.",
            access: .permitted(.systemManage),
            body: .json(RegistrationChange.self, ["mode": .schema(.choice(RegistrationMode.self))]),
            replies: [.object(.registration)],
            use: setRegistration
        )
    }

    struct Registration: Decodable, Sendable {
        var email: String
        var password: String
        var nickname: String?
    }

    func register(_ input: Registration, _ request: Request, context: WebContext) async throws -> Response {
        let policy = try await services.store.registrationPolicy()
        guard let status = policy.firstStatus(sendsMail: services.settings.sendsMail) else {
            throw WebError(.forbidden, "Registration is closed. Ask an administrator.")
        }
        let user = try await services.store.register(
            email: input.email,
            password: Secret(input.password),
            nickname: input.nickname,
            language: context.language.rawValue,
            status: status
        )
        if status == .unverified { await services.notify(.verification, user, from: context.remoteAddress) }
        return Envelope.success(user.representation, status: .created, context: context)
    }

    func registration(_ request: Request, context: WebContext) async throws -> Response {
        _ = try context.permitted(.systemRead)
        return Envelope.success(try await services.store.registrationPolicy().representation, context: context)
    }

    struct RegistrationChange: Decodable, Sendable {
        var mode: String?
        var emailVerification: Bool?
    }

    func setRegistration(
        _ input: RegistrationChange,
        _ request: Request,
        context: WebContext
    ) async throws -> Response {
        let identity = try context.permitted(.systemManage)
        var policy = try await services.store.registrationPolicy()
        if let name = input.mode {
            guard let mode = RegistrationMode(rawValue: name) else {
                throw WebError.invalid("mode", "Use open, approval or closed.")
            }
            policy.mode = mode
        }
        policy.verifiesEmail = input.emailVerification ?? policy.verifiesEmail
        // Who says nothing about it may leave it chosen while the server sends no mail.
        if input.emailVerification != nil { try services.check(policy) }
        _ = try await services.store.setRegistrationPolicy(
            policy,
            by: identity.principal,
            address: context.remoteAddress
        )
        return Envelope.success(policy.representation, context: context)
    }
}

extension Schema {
    fileprivate static let registration = object(
        "Registration",
        [.field("mode", .choice(RegistrationMode.self)), .flag("email_verification")]
    )
}
