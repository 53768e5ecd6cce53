import Engine
import Foundation
import Hummingbird
import Storage

/// For administrators: what holds for the whole instance.
struct InstancePage: Sendable {
    let desk: Desk

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.superuser()
        let input = InstanceInput(try await desk.store.instanceSettings())
        return try await page(request, context: context, identity: identity, input: input)
    }

    /// `action=count` says what the rules would delete and changes nothing.
    func save(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.superuser()
        let voice = try desk.voice(context)
        let form = try await request.decodeForm()
        var input = InstanceInput(form, voice: voice)
        if input.errors.isEmpty, form["action"] != "count" {
            do {
                let known = try await desk.store.instanceSettings()
                try await desk.services.set(input.settings, known: known, by: identity, context: context)
                return .redirect(to: "/admin/settings", done: .saved)
            } catch let error as StorageError {
                guard case .invalid(let field) = error.code else { throw error }
                input.errors.add(field, voice.notAccepted(error.message))
            }
        }
        return try await page(request, context: context, identity: identity, input: input)
    }

    private func page(
        _ request: Request,
        context: WebContext,
        identity: Identity,
        input: InstanceInput
    ) async throws -> Response {
        let voice = try desk.voice(context)
        let settings = input.settings
        let counts = try await desk.store.retentionCounts(
            conversationDays: settings.conversationDays,
            logDays: settings.logDays,
            by: identity.principal
        )
        let title = voice.words["admin.place.settings"]
        let view = InstanceView(
            page: desk.frame(title, .admin, request: request, context: context, voice: voice),
            input: input,
            counts: counts ?? RetentionCounts(conversations: 0, logs: 0),
            state: try await state(by: identity.principal, voice: voice),
            voice: voice
        )
        return try desk.page(view, context: context, status: input.errors.isEmpty ? .ok : .unprocessableContent)
    }

    private func state(by principal: Principal, voice: Voice) async throws -> InstanceState {
        let models = try await desk.store.models(llmID: nil, isActive: true, by: principal)
        let chosen = try await desk.store.defaultModels(by: principal)
        return InstanceState(
            mail: await desk.services.systemFacts().mail,
            choices: InstanceState.choices(models, chosen, voice.words)
        )
    }
}

/// What an administrator has said in the form.
struct InstanceInput: Sendable {
    var registration: String
    var conversationDays: String
    var logDays: String
    /// A setting of seconds, which are not lost in it.
    var approvalMinutes: String
    var termsURL: String
    var privacyURL: String
    var announcement: String
    var errors = FormErrors()

    init(_ settings: InstanceSettings) {
        registration = settings.registration.rawValue
        conversationDays = settings.conversationDays.map(String.init) ?? ""
        logDays = settings.logDays.map(String.init) ?? ""
        approvalMinutes = settings.approvalPatience.map(ApprovalMinutes.text) ?? ""
        termsURL = settings.termsURL ?? ""
        privacyURL = settings.privacyURL ?? ""
        announcement = settings.announcement ?? ""
    }

    init(_ form: Form, voice: Voice) {
        registration = form["registration"]
        conversationDays = form.trimmed("conversation_days")
        logDays = form.trimmed("log_days")
        approvalMinutes = form.trimmed("approval_minutes")
        termsURL = form.trimmed("terms_url")
        privacyURL = form.trimmed("privacy_url")
        announcement = form["announcement"].unixLines
        if RegistrationMode(rawValue: registration) == nil {
            errors.add("registration", voice.words["budgets.choose"])
        }
        for (field, text) in [("conversation_days", conversationDays), ("log_days", logDays)] where !text.isEmpty {
            if !(1...36_500).contains(Int(text) ?? 0) { errors.add(field, voice.words["instance.daysWrong"]) }
        }
        if !approvalMinutes.isEmpty, ApprovalMinutes.seconds(approvalMinutes) == nil {
            errors.add("approval_minutes", voice.words["instance.minutesWrong"])
        }
    }

    /// Fields that cannot be read count as empty; such a form is never kept.
    var settings: InstanceSettings {
        InstanceSettings(
            registration: RegistrationMode(rawValue: registration) ?? .closed,
            conversationDays: Int(conversationDays).flatMap { (1...36_500).contains($0) ? $0 : nil },
            logDays: Int(logDays).flatMap { (1...36_500).contains($0) ? $0 : nil },
            approvalPatience: ApprovalMinutes.seconds(approvalMinutes),
            termsURL: termsURL,
            privacyURL: privacyURL,
            announcement: announcement
        )
    }
}
