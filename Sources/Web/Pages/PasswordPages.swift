import Engine
import Hummingbird
import Storage

/// For people who have forgotten their password, or choose their first one: asking for a link, and using it.
struct PasswordPages: Sendable {
    let desk: Desk

    func forgot(_ request: Request, context: WebContext) async throws -> Response {
        try forgotPage(request, context: context)
    }

    /// The same page whether there is such an account or not.
    func send(_ request: Request, context: WebContext) async throws -> Response {
        let email = try await request.decodeForm().trimmed("email")
        var errors = FormErrors()
        let words = try desk.voice(context).words
        do {
            try await desk.services.queueMail(.passwordReset, to: email, context: context)
            return try forgotPage(request, context: context, isSent: true)
        } catch let error as StorageError {
            guard case .invalid = error.code else { throw error }
            errors.add("email", words["form.emailWrong"])
        } catch let error as WebError where error.code == .rateLimited {
            errors.add("email", words["forgot.tooMany"])
        }
        return try forgotPage(request, context: context, email: email, errors: errors)
    }

    func reset(_ request: Request, context: WebContext) async throws -> Response {
        try await resetPage(request, context: context, token: request.query("token"))
    }

    func choose(_ request: Request, context: WebContext) async throws -> Response {
        let form = try await request.decodeForm()
        let voice = try desk.voice(context)
        let token = form.trimmed("token")
        var errors = FormErrors()
        AccountApplication.check(form["new_password"], field: "new_password", errors: &errors, voice: voice)
        if errors.isEmpty {
            do {
                let user = try await desk.services.resetPassword(
                    link: Secret(token),
                    new: Secret(form["new_password"]),
                    address: context.remoteAddress
                )
                if user != nil { return leaving("/sign-in", .passwordChosen) }
            } catch let error as StorageError {
                try errors.add(error, voice: voice, words: ["new_password": "form.passwordWeak"])
            }
        }
        return try await resetPage(request, context: context, token: token, errors: errors)
    }

    /// Whoever was signed in here is no longer.
    private func leaving(_ path: String, _ done: Done) -> Response {
        var response = Response.redirect(to: path, done: done)
        response.setCookie(SessionCookies(secure: desk.services.settings.secureCookies).endedSession())
        return response
    }

    private func forgotPage(
        _ request: Request,
        context: WebContext,
        email: String = "",
        isSent: Bool = false,
        errors: FormErrors = FormErrors()
    ) throws -> Response {
        let voice = try desk.voice(context)
        let view = ForgotView(
            page: desk.frame(voice.words["forgot.title"], request: request, context: context, voice: voice),
            sendsMail: desk.services.settings.sendsMail,
            isSent: isSent,
            email: email,
            errors: errors,
            voice: voice
        )
        return try desk.page(view, context: context, status: errors.isEmpty ? .ok : .unprocessableContent)
    }

    private func resetPage(
        _ request: Request,
        context: WebContext,
        token: String,
        errors: FormErrors = FormErrors()
    ) async throws -> Response {
        let voice = try desk.voice(context)
        let user = token.utf8.count < 200 ? try await desk.store.user(passwordLink: Secret(token)) : nil
        let view = ResetView(
            page: desk.frame(voice.words["reset.title"], request: request, context: context, voice: voice),
            token: token,
            email: user?.email,
            errors: errors,
            voice: voice
        )
        let isFine = user != nil && errors.isEmpty
        return try desk.page(view, context: context, status: isFine ? .ok : .unprocessableContent)
    }
}
