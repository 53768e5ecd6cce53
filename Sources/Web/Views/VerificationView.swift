/// The page on which somebody with a link confirms an e-mail address, or asks for another link.
struct VerificationView: View {
    static let template = "verification"

    let page: Frame
    /// nil when there is none, and another mail is asked for.
    let token: String?
    let notice: NoticeView?
    let errors: ErrorSummary?
    let password: Field
    /// Whether the password may become the account's, and whether that is chosen.
    let mayReplace: Bool
    let replaces: Bool
    let email: Field

    struct Draft: Sendable {
        /// Empty when there is none.
        var token = ""
        var mayReplace = false
        var replaces = false
        /// The link is not good (any more).
        var isRefused = false
        /// Another mail is on its way.
        var isSent = false
        var email = ""
        var errors = FormErrors()
    }

    init(page: Frame, draft: Draft, voice: Voice) {
        let words = voice.words
        self.page = page
        token = draft.token.isEmpty ? nil : draft.token
        notice =
            draft.isRefused
            ? NoticeView(text: words["verify.refused"])
            : draft.isSent ? NoticeView(kind: "done", text: words["verify.sent"]) : nil
        errors = draft.errors.summary(Field.accountLabels(voice), voice: voice)
        password = .password(
            "password",
            label: "form.password",
            errors: draft.errors,
            autocomplete: "current-password",
            voice: voice
        )
        mayReplace = draft.mayReplace
        replaces = draft.replaces
        email = .email(draft.email, errors: draft.errors, autocomplete: "email", voice: voice)
    }
}
