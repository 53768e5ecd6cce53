/// The page on which people make themselves an account, or read why they cannot.
struct RegisterView: View {
    static let template = "register"

    let page: Frame
    let lead: String?
    let isOpen: Bool
    let errors: ErrorSummary?
    let nickname: Field
    let email: Field
    let password: Field

    init(
        page: Frame,
        lead: String?,
        isOpen: Bool,
        draft: AccountDraft = AccountDraft(),
        errors: FormErrors = FormErrors(),
        voice: Voice
    ) {
        self.page = page
        self.lead = lead
        self.isOpen = isOpen
        self.errors = errors.summary(Field.accountLabels(voice), voice: voice)
        nickname = .nickname(draft.nickname, errors: errors, voice: voice)
        email = .email(draft.email, errors: errors, autocomplete: "email", voice: voice)
        password = .newPassword(errors: errors, voice: voice)
    }
}
