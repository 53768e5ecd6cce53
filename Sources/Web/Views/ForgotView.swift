/// The page on which people ask for a link to choose another password.
struct ForgotView: View {
    static let template = "forgot"

    let page: Frame
    let lead: String
    let notice: NoticeView?
    /// Whether there is somebody to send to.
    let isOpen: Bool
    let errors: ErrorSummary?
    let email: Field

    init(page: Frame, sendsMail: Bool, isSent: Bool, email: String, errors: FormErrors, voice: Voice) {
        self.page = page
        lead = voice.words[sendsMail ? "forgot.lead" : "forgot.noMail"]
        notice = isSent ? NoticeView(kind: "done", text: voice.words["forgot.sent"]) : nil
        isOpen = sendsMail && !isSent
        self.errors = errors.summary(Field.accountLabels(voice), voice: voice)
        self.email = .email(email, errors: errors, autocomplete: "username", voice: voice)
    }
}

/// The page on which somebody with a link chooses a password.
struct ResetView: View {
    static let template = "reset"

    let page: Frame
    let token: String
    /// nil when the link is not good.
    let email: String?
    let errors: ErrorSummary?
    let newPassword: Field

    init(page: Frame, token: String, email: String?, errors: FormErrors = FormErrors(), voice: Voice) {
        self.page = page
        self.token = token
        self.email = email
        self.errors = errors.summary(["new_password": voice.words["settings.newPassword"]], voice: voice)
        newPassword = .newPassword("new_password", label: "settings.newPassword", errors: errors, voice: voice)
    }
}
