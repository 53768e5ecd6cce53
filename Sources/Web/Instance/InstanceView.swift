import Storage

/// The settings of the instance, as one form.
struct InstanceView: View {
    static let template = "admin-settings"

    let page: Frame
    let errors: ErrorSummary?
    let modes: [Option]
    let registrationError: String?
    let conversationDays: Field
    let logDays: Field
    let approvals: Field
    /// What would be deleted now.
    let count: String
    let terms: Field
    let privacy: Field
    let announcement: TextArea
    let mail: [Fact]
    let hasMail: Bool
    let choices: [Fact]
    let hasChoices: Bool

    init(page: Frame, input: InstanceInput, counts: RetentionCounts, state: InstanceState, voice: Voice) {
        let (words, errors) = (voice.words, input.errors)
        func field(_ name: String, _ word: String, _ value: String, inputMode: String) -> Field {
            Field(
                name,
                label: words["instance.\(word)"],
                value: value,
                hint: words["instance.\(word)Hint"],
                error: errors[name],
                autocomplete: "off",
                inputMode: inputMode,
                maximumLength: 500
            )
        }
        self.page = page
        self.errors = errors.summary(
            [
                "registration": words["admin.registration"],
                "conversation_days": words["instance.conversationDays"], "log_days": words["instance.logDays"],
                "approval_minutes": words["instance.approvals"],
                "terms_url": words["instance.terms"], "privacy_url": words["instance.privacy"],
                "announcement": words["instance.announcement"],
            ],
            voice: voice
        )
        modes = RegistrationMode.allCases.map {
            Option(
                value: $0.rawValue,
                label: words["admin.mode.\($0.rawValue)"],
                isChosen: $0.rawValue == input.registration
            )
        }
        registrationError = errors["registration"]
        conversationDays = field("conversation_days", "conversationDays", input.conversationDays, inputMode: "numeric")
        logDays = field("log_days", "logDays", input.logDays, inputMode: "numeric")
        approvals = field("approval_minutes", "approvals", input.approvalMinutes, inputMode: "decimal")
        count = words(
            "instance.count",
            ["conversations": counts.conversations.grouped, "logs": counts.logs.grouped]
        )
        terms = field("terms_url", "terms", input.termsURL, inputMode: "url")
        privacy = field("privacy_url", "privacy", input.privacyURL, inputMode: "url")
        announcement = TextArea(
            "announcement",
            label: words["instance.announcement"],
            value: input.announcement,
            hint: words["instance.announcementHint"],
            error: errors["announcement"]
        )
        mail = state.mail?.facts(words) ?? []
        hasMail = !mail.isEmpty
        choices = state.choices
        hasChoices = !choices.isEmpty
    }
}
