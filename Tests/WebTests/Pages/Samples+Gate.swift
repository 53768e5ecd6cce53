import Foundation

@testable import Web

extension Samples {
    var gate: [(name: String, view: any View)] {
        var welcome = frame(voice.words["signIn.title"], isAnonymous: true)
        var notice = SiteNotice()
        notice.announcement = Samples.hostile
        welcome.announcement = AnnouncementView(notice, dismissed: "x")
        (welcome.terms, welcome.privacy) = ("https://example.org/terms", "https://example.org/privacy")
        var errors = FormErrors()
        errors.add("email", voice.words["form.emailWrong"])
        errors.add("password", voice.words["form.passwordShort"])
        var setUpErrors = errors
        setUpErrors.add("token", voice.words["setUp.tokenWrong"])
        let draft = AccountDraft(nickname: Samples.hostile, email: "one@harbour", token: "0000")
        return passwordPages + [
            (
                "sign-in",
                SignInView(
                    page: welcome,
                    next: "/conversations",
                    email: "one@harbour.example",
                    canRegister: true,
                    isUnverified: true,
                    notice: NoticeView(text: voice.words["signIn.refused"]),
                    voice: voice
                )
            ),
            (
                "register",
                RegisterView(
                    page: frame(voice.words["register.title"], isAnonymous: true),
                    lead: voice.words["register.approval"],
                    isOpen: true,
                    draft: draft,
                    errors: errors,
                    voice: voice
                )
            ),
            (
                "set-up",
                SetUpView(
                    page: frame(voice.words["setUp.title"], isAnonymous: true),
                    draft: draft,
                    errors: setUpErrors,
                    voice: voice
                )
            ),
            (
                "error",
                ErrorView(
                    page: frame(voice.words["error.notFound"], isAnonymous: true),
                    title: voice.words["error.notFound"],
                    text: voice.words["error.notFoundText"],
                    details: [Samples.hostile],
                    address: "/",
                    verb: voice.words["error.home"],
                    reference: voice.words("error.reference", ["id": "req_1"])
                )
            ),
        ]
    }

    private var passwordPages: [(name: String, view: any View)] {
        var errors = FormErrors()
        errors.add("email", voice.words["form.emailWrong"])
        errors.add("new_password", voice.words["form.passwordWeak"])
        errors.add("password", voice.words["verify.otherPassword"])
        let title = frame(voice.words["forgot.title"], isAnonymous: true)
        let reset = frame(voice.words["reset.title"], isAnonymous: true)
        let verify = frame(voice.words["verify.title"], isAnonymous: true)
        let hostile = Samples.hostile
        return [
            (
                "forgot",
                ForgotView(page: title, sendsMail: true, isSent: false, email: hostile, errors: errors, voice: voice)
            ),
            (
                "forgot-sent",
                ForgotView(page: title, sendsMail: true, isSent: true, email: "", errors: .init(), voice: voice)
            ),
            (
                "forgot-no-mail",
                ForgotView(page: title, sendsMail: false, isSent: false, email: "", errors: .init(), voice: voice)
            ),
            ("reset", ResetView(page: reset, token: "t", email: "one@harbour.example", errors: errors, voice: voice)),
            ("reset-used", ResetView(page: reset, token: hostile, email: nil, voice: voice)),
            ("verify", VerificationView(page: verify, draft: .init(token: "t"), voice: voice)),
            (
                "verify-refused",
                VerificationView(
                    page: verify,
                    draft: .init(isRefused: true, email: hostile, errors: errors),
                    voice: voice
                )
            ),
            (
                "verify-other-password",
                VerificationView(
                    page: verify,
                    draft: .init(token: hostile, mayReplace: true, replaces: true, errors: errors),
                    voice: voice
                )
            ),
        ]
    }
}
