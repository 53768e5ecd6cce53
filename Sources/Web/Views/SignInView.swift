/// The sign-in page.
struct SignInView: View {
    static let template = "sign-in"

    let page: Frame
    let next: String
    let notice: NoticeView?
    let email: Field
    let password: Field
    let isStaying: Bool
    let canRegister: Bool
    /// Somebody who has not confirmed the address may ask for the mail once more.
    let isUnverified: Bool

    init(
        page: Frame,
        next: String,
        email: String = "",
        isStaying: Bool = true,
        canRegister: Bool,
        isUnverified: Bool = false,
        notice: NoticeView? = nil,
        voice: Voice
    ) {
        self.page = page
        self.next = next
        self.notice = notice
        self.isStaying = isStaying
        self.canRegister = canRegister
        self.isUnverified = isUnverified
        self.email = .email(email, autocomplete: "username", voice: voice)
        password = .password("password", label: "form.password", autocomplete: "current-password", voice: voice)
    }
}
