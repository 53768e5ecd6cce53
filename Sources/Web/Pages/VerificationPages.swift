import Engine
import Hummingbird
import Storage

/// For people who confirm their e-mail address. The link leads to a form, because mail programs open links by themselves, and
/// because whoever has the mail need not be the one who registered.
struct VerificationPages: Sendable {
    let desk: Desk

    func show(_ request: Request, context: WebContext) async throws -> Response {
        try page(.init(token: request.query("token")), request, context: context)
    }

    func confirm(_ request: Request, context: WebContext) async throws -> Response {
        try desk.services.limiter.signIn(from: context.remoteAddress)
        let form = try await request.decodeForm()
        let voice = try desk.voice(context)
        var draft = VerificationView.Draft(token: form.trimmed("token"), replaces: form.has("replace"))
        do {
            let confirmation = try await desk.services.confirmEmail(
                link: Secret(draft.token),
                password: Secret(form["password"]),
                replacing: draft.replaces,
                address: context.remoteAddress
            )
            switch confirmation {
            case .confirmed(let user, _):
                return .redirect(to: "/sign-in", done: user.status == .pending ? .confirmedWaiting : .confirmed)
            case .otherPassword:
                draft.mayReplace = true
                draft.errors.add("password", voice.words["verify.otherPassword"])
            case .used: draft = .init(isRefused: true)
            }
        } catch let error as StorageError {
            draft.mayReplace = true
            try draft.errors.add(error, voice: voice, words: ["password": "form.passwordWeak"])
        }
        return try page(draft, request, context: context)
    }

    /// The mail once more.
    func send(_ request: Request, context: WebContext) async throws -> Response {
        var draft = VerificationView.Draft(email: try await request.decodeForm().trimmed("email"))
        let words = try desk.voice(context).words
        do {
            try await desk.services.queueMail(.verification, to: draft.email, context: context)
            draft = .init(isSent: true)
        } catch let error as StorageError {
            guard case .invalid = error.code else { throw error }
            draft.errors.add("email", words["form.emailWrong"])
        } catch let error as WebError where error.code == .rateLimited {
            draft.errors.add("email", words["forgot.tooMany"])
        }
        return try page(draft, request, context: context)
    }

    private func page(_ draft: VerificationView.Draft, _ request: Request, context: WebContext) throws -> Response {
        let voice = try desk.voice(context)
        let view = VerificationView(
            page: desk.frame(voice.words["verify.title"], request: request, context: context, voice: voice),
            draft: draft,
            voice: voice
        )
        let isFine = !draft.isRefused && draft.errors.isEmpty
        return try desk.page(view, context: context, status: isFine ? .ok : .unprocessableContent)
    }
}
