import Engine
import Foundation
import Hummingbird
import Storage

/// `/v1/admin/settings`: what holds for the whole instance; `/v1/admin/retention`: how much a rule about keeping would delete.
struct InstanceRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .get,
            "/v1/admin/settings",
            .administration,
            "Shows the settings of the instance",
            access: .superuser,
            replies: [.object(.instanceSettings)],
            use: show
        )
        Endpoint(
            .patch,
            "/v1/admin/settings",
            .administration,
            "Changes the settings of the instance",
            about: "What is left out stays; null takes away.",
            access: .superuser,
            body: .json(
                Settings.self,
                [
                    "registration": .schema(.choice(RegistrationMode.self)),
                    "conversation_days": .range(1...36_500, "Days until conversations are deleted."),
                    "log_days": .range(1...36_500, "Days until logs are deleted."),
                    "announcement": .about("Markdown, at most 4000 bytes."),
                ]
            ),
            replies: [.object(.instanceSettings)],
            use: update
        )
        Endpoint(
            .get,
            "/v1/admin/retention",
            .administration,
            "Counts what rules about keeping would delete",
            about: "As the settings say, where nothing else is said.",
            access: .superuser,
            query: [Self.conversationDays.field, Self.logDays.field],
            replies: [.object(.retention)],
            use: preview
        )
    }

    private static let conversationDays = QueryParameter<Int>.number(
        "conversation_days",
        in: 1...36_500,
        "Days of conversations."
    )
    private static let logDays = QueryParameter<Int>.number("log_days", in: 1...36_500, "Days of logs.")

    struct Settings: Decodable, Sendable {
        var registration: String?
        @Change var conversationDays: Int??
        @Change var logDays: Int??
        @Change var termsUrl: String??
        @Change var privacyUrl: String??
        @Change var announcement: String??
    }

    func show(_ request: Request, context: WebContext) async throws -> Response {
        _ = try context.superuser()
        return Envelope.success(try await services.store.instanceSettings().representation, context: context)
    }

    /// What is left out stays; null takes away.
    func update(_ input: Settings, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.superuser()
        let known = try await services.store.instanceSettings()
        var settings = known
        if let text = input.registration {
            guard let mode = RegistrationMode(rawValue: text) else {
                throw WebError.invalid("registration", "Use open, closed or approval.")
            }
            settings.registration = mode
        }
        settings.conversationDays = input.conversationDays ?? settings.conversationDays
        settings.logDays = input.logDays ?? settings.logDays
        settings.termsURL = input.termsUrl ?? settings.termsURL
        settings.privacyURL = input.privacyUrl ?? settings.privacyURL
        settings.announcement = input.announcement ?? settings.announcement
        try await services.set(settings, known: known, by: identity, context: context)
        return try await show(request, context: context)
    }

    /// `?conversation_days=&log_days=`: as the settings say where nothing else is said.
    func preview(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.superuser()
        let query = context.query(of: request)
        let settings = try await services.store.instanceSettings()
        let days = (
            try query.value(Self.conversationDays) ?? settings.conversationDays,
            try query.value(Self.logDays) ?? settings.logDays
        )
        let counts = try await services.store.retentionCounts(
            conversationDays: days.0,
            logDays: days.1,
            by: identity.principal
        )
        guard let counts else { throw WebError.notFound }
        let representation = JSONObject {
            $0.set("conversation_days", days.0)
            $0.set("log_days", days.1)
            $0.set("conversations", counts.conversations)
            $0.set("logs", counts.logs)
        }
        return Envelope.success(representation, context: context)
    }
}

extension WebServices {
    /// Changes the settings, which is written down. Throws `StorageError` that names the field.
    func set(
        _ settings: InstanceSettings,
        known: InstanceSettings,
        by identity: Identity,
        context: WebContext
    ) async throws {
        let (principal, address) = (identity.principal, context.remoteAddress)
        guard try await store.setInstanceSettings(settings, known: known, by: principal, address: address)
        else {
            throw WebError.notFound
        }
        site.forget()
    }
}

extension InstanceSettings {
    fileprivate var representation: JSONObject {
        JSONObject {
            $0.set("registration", registration.rawValue)
            $0.set("conversation_days", conversationDays)
            $0.set("log_days", logDays)
            $0.set("terms_url", termsURL)
            $0.set("privacy_url", privacyURL)
            $0.set("announcement", announcement)
            $0.set("announced_at", announcedAt)
        }
    }
}

extension Schema {
    fileprivate static let instanceSettings = object(
        "InstanceSettings",
        [
            .field("registration", .choice(RegistrationMode.self)), .integer("conversation_days").orNull,
            .integer("log_days").orNull, .text("terms_url").orNull, .text("privacy_url").orNull,
            .text("announcement").orNull, .date("announced_at").orNull,
        ]
    )

    fileprivate static let retention = object(
        "Retention",
        [
            .integer("conversation_days").orNull, .integer("log_days").orNull, .integer("conversations"),
            .integer("logs"),
        ]
    )
}
