/// The page of the first start: who holds the one-time code becomes the administrator.
struct SetUpView: View {
    static let template = "set-up"

    let page: Frame
    let errors: ErrorSummary?
    let token: Field
    let nickname: Field
    let email: Field
    let password: Field

    init(page: Frame, draft: AccountDraft = AccountDraft(), errors: FormErrors = FormErrors(), voice: Voice) {
        self.page = page
        self.errors = errors.summary(Field.accountLabels(voice), voice: voice)
        token = Field(
            "token",
            label: voice.words["setUp.token"],
            value: draft.token,
            hint: voice.words["setUp.tokenHint"],
            error: errors["token"],
            autocomplete: "off",
            isRequired: true
        )
        nickname = .nickname(draft.nickname, errors: errors, voice: voice)
        email = .email(draft.email, errors: errors, autocomplete: "email", voice: voice)
        password = .newPassword(errors: errors, voice: voice)
    }
}
