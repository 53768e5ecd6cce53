import Engine
import Foundation
import HTTPTypes
import Hummingbird
import Storage

/// The way in and out: set-up, sign-in, registration, sign-out.
struct GatePages: Sendable {
    let desk: Desk

    func setUp(_ request: Request, context: WebContext) async throws -> Response {
        guard try await isFirstStart() else { return .redirect(to: "/sign-in") }
        return try setUpPage(request, context: context)
    }

    func createFirst(_ request: Request, context: WebContext) async throws -> Response {
        guard try await isFirstStart(), let token = desk.services.settings.setupToken else { throw WebError.notFound }
        let form = try await request.decodeForm()
        let voice = try desk.voice(context)
        var application = AccountApplication(form, voice: voice)
        if !isSame(form.trimmed("token"), token.reveal()) {
            application.errors.add("token", voice.words["setUp.tokenWrong"])
        }
        let user = try await application.registerFirst(
            at: desk.store,
            language: context.language,
            voice: voice,
            address: context.remoteAddress
        )
        guard let user else { return try setUpPage(request, context: context, application: application) }
        return try await welcome(user, request: request, context: context, next: "/providers")
    }

    func signIn(_ request: Request, context: WebContext) async throws -> Response {
        if try await isFirstStart() { return .redirect(to: "/set-up") }
        let next = request.query("next").asOwnPath
        if context.identity != nil { return .redirect(to: next) }
        return try await signInPage(request, context: context, next: next)
    }

    func enter(_ request: Request, context: WebContext) async throws -> Response {
        try desk.services.limiter.signIn(from: context.remoteAddress)
        let form = try await request.decodeForm()
        let result = try await desk.store.authenticate(
            email: form.trimmed("email"),
            password: Secret(form["password"]),
            address: context.remoteAddress
        )
        let next = form["next"].asOwnPath
        if case .user(let user, let proof) = result {
            let lifetime = form.has("stay") ? Duration.seconds(30 * 86_400) : .seconds(12 * 3600)
            return try await welcome(
                user,
                proof: proof,
                request: request,
                context: context,
                next: next,
                lifetime: lifetime
            )
        }
        return try await signInPage(request, context: context, next: next, form: form, result: result)
    }

    func leave(_ request: Request, context: WebContext) async throws -> Response {
        if let identity = context.identity, let session = identity.session {
            try await desk.store.endSession(session.id, by: identity.principal)
        }
        var response = Response.redirect(to: "/sign-in", done: .signedOut)
        response.setCookie(cookies.endedSession())
        return response
    }

    func register(_ request: Request, context: WebContext) async throws -> Response {
        if try await isFirstStart() { return .redirect(to: "/set-up") }
        return try await registerPage(request, context: context, policy: desk.store.registrationPolicy())
    }

    func create(_ request: Request, context: WebContext) async throws -> Response {
        try desk.services.limiter.signIn(from: context.remoteAddress)
        let policy = try await desk.store.registrationPolicy()
        guard let status = policy.firstStatus(sendsMail: desk.services.settings.sendsMail) else {
            return try await registerPage(request, context: context, policy: policy)
        }
        let voice = try desk.voice(context)
        var application = AccountApplication(try await request.decodeForm(), voice: voice)
        let user = try await application.register(
            at: desk.store,
            language: context.language,
            status: status,
            voice: voice
        )
        guard let user else {
            return try await registerPage(request, context: context, policy: policy, application: application)
        }
        if user.status == .active { return try await welcome(user, request: request, context: context, next: "/") }
        if user.status == .unverified {
            await desk.services.notify(.verification, user, from: context.remoteAddress)
        }
        return try await registerPage(request, context: context, policy: policy, made: user)
    }

    private var cookies: SessionCookies { SessionCookies(secure: desk.services.settings.secureCookies) }

    private func isFirstStart() async throws -> Bool {
        guard desk.services.settings.setupToken != nil else { return false }
        return try await !desk.store.hasUsers()
    }

    /// Signs the person in.
    private func welcome(
        _ user: User,
        proof: PasswordProof? = nil,
        request: Request,
        context: WebContext,
        next: String,
        lifetime: Duration = .seconds(30 * 86_400)
    ) async throws -> Response {
        let started = try await desk.store.startSession(
            user: user.id,
            proof: proof,
            userAgent: request.headers[.userAgent].map { String($0.prefix(400)) },
            by: user.principal,
            address: context.remoteAddress,
            lifetime: lifetime
        )
        var response = Response.redirect(to: next)
        response.setCookie(cookies.session(started.token, lifetime: lifetime))
        return response
    }

    private func isSame(_ one: String, _ other: String) -> Bool {
        let (left, right) = (Array(one.utf8), Array(other.utf8))
        return left.count == right.count && zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

extension GatePages {
    private func setUpPage(
        _ request: Request,
        context: WebContext,
        application: AccountApplication? = nil
    ) throws -> Response {
        let voice = try desk.voice(context)
        let view = SetUpView(
            page: desk.frame(voice.words["setUp.title"], request: request, context: context, voice: voice),
            draft: application?.draft ?? AccountDraft(token: request.query("token")),
            errors: application?.errors ?? FormErrors(),
            voice: voice
        )
        return try desk.page(view, context: context, status: application == nil ? .ok : .unprocessableContent)
    }

    private func signInPage(
        _ request: Request,
        context: WebContext,
        next: String,
        form: Form? = nil,
        result: AuthenticationResult? = nil
    ) async throws -> Response {
        let voice = try desk.voice(context)
        let view = SignInView(
            page: desk.frame(voice.words["signIn.title"], request: request, context: context, voice: voice),
            next: next,
            email: form?.trimmed("email") ?? "",
            isStaying: form?.has("stay") ?? true,
            canRegister: try await desk.store.registrationPolicy().mode != .closed,
            isUnverified: result == .unverified,
            notice: result.flatMap { notice($0, voice: voice) },
            voice: voice
        )
        return try desk.page(view, context: context, status: result.map(status) ?? .ok)
    }

    private func notice(_ result: AuthenticationResult, voice: Voice) -> NoticeView? {
        switch result {
        case .user: return nil
        case .refused: return NoticeView(text: voice.words["signIn.refused"])
        case .unverified: return NoticeView(kind: "wait", text: voice.words["signIn.unverified"])
        case .pending: return NoticeView(kind: "wait", text: voice.words["signIn.pending"])
        case .disabled: return NoticeView(text: voice.words["signIn.disabled"])
        case .locked(let until):
            let minutes = max(1, Int((until.timeIntervalSince(voice.now) / 60).rounded(.up)))
            return NoticeView(text: voice.words.count("signIn.locked", minutes))
        }
    }

    private func status(_ result: AuthenticationResult) -> HTTPResponse.Status {
        switch result {
        case .user: .ok
        case .refused: .unprocessableContent
        case .unverified, .pending, .disabled: .forbidden
        case .locked: .tooManyRequests
        }
    }

    private func registerPage(
        _ request: Request,
        context: WebContext,
        policy: RegistrationPolicy,
        application: AccountApplication? = nil,
        made: User? = nil
    ) async throws -> Response {
        let voice = try desk.voice(context)
        let lead: String? =
            switch (policy.mode, made?.status) {
            case (_, .unverified?): voice.words["register.unverified"]
            case (.open, _): nil
            case (.approval, let status): voice.words[status == nil ? "register.approval" : "register.waiting"]
            case (.closed, _): voice.words["register.closed"]
            }
        let view = RegisterView(
            page: desk.frame(voice.words["register.title"], request: request, context: context, voice: voice),
            lead: lead,
            isOpen: policy.mode != .closed && made == nil,
            draft: application?.draft ?? AccountDraft(),
            errors: application?.errors ?? FormErrors(),
            voice: voice
        )
        return try desk.page(view, context: context, status: application == nil ? .ok : .unprocessableContent)
    }
}
