import Engine
import Foundation

/// One's own profile, look, password and signed-in devices.
struct SettingsView: View {
    static let template = "settings"

    let page: Frame
    let profileErrors: ErrorSummary?
    let nickname: Field
    let emailAddress: String
    let timezone: Select
    let language: Select
    let theme: Select
    let passwordErrors: ErrorSummary?
    let currentPassword: Field
    let newPassword: Field
    let sessions: [SessionRow]
    let hasOtherSessions: Bool
    let secrets: ToolSecretsView

    struct Draft: Sendable {
        var nickname: String
        var email: String
        var timezone: String
        var language: Language
        /// `light`, `dark`, or `system`.
        var theme: String
    }

    init(
        page: Frame,
        draft: Draft,
        sessions: [SessionRow],
        secrets: ToolSecretsView,
        profileErrors: FormErrors = FormErrors(),
        passwordErrors: FormErrors = FormErrors(),
        voice: Voice
    ) {
        let words = voice.words
        self.page = page
        self.sessions = sessions
        hasOtherSessions = sessions.contains { !$0.isCurrent }
        self.secrets = secrets
        emailAddress = draft.email
        self.profileErrors = profileErrors.summary(
            ["nickname": words["form.nickname"], "timezone": words["settings.timezone"]],
            voice: voice
        )
        self.passwordErrors = passwordErrors.summary(
            [
                "current_password": words["settings.currentPassword"],
                "new_password": words["settings.newPassword"],
            ],
            voice: voice
        )
        nickname = Field(
            "nickname",
            label: words["form.nickname"],
            value: draft.nickname,
            error: profileErrors["nickname"],
            autocomplete: "nickname",
            maximumLength: 50,
            isRequired: true
        )
        timezone = .timezone(draft.timezone, error: profileErrors["timezone"], voice: voice)
        language = .language(draft.language, voice: voice)
        theme = .theme(draft.theme, voice: voice)
        currentPassword = .password(
            "current_password",
            label: "settings.currentPassword",
            errors: passwordErrors,
            autocomplete: "current-password",
            voice: voice
        )
        newPassword = .newPassword(
            "new_password",
            label: "settings.newPassword",
            errors: passwordErrors,
            voice: voice
        )
    }
}

extension Select {
    /// A zone that is not in the list, such as a name, is kept as a choice of its own.
    fileprivate static func timezone(_ current: String, error: String?, voice: Voice) -> Select {
        let names = UserZone.names.contains(current) ? UserZone.names : [current] + UserZone.names
        let options = names.map { Option(value: $0, label: $0, isChosen: $0 == current) }
        return Select("timezone", label: voice.words["settings.timezone"], options: options, error: error)
    }

    static func language(_ current: Language, voice: Voice) -> Select {
        let names: [(Language, String)] = [(.english, "English"), (.chinese, "中文")]
        let options = names.map { Option(value: $0.rawValue, label: $1, isChosen: $0 == current) }
        return Select("language", label: voice.words["settings.language"], options: options)
    }

    fileprivate static func theme(_ current: String, voice: Voice) -> Select {
        let options = ["system", "light", "dark"].map {
            Option(value: $0, label: voice.words["theme.name.\($0)"], isChosen: $0 == current)
        }
        return Select("theme", label: voice.words["settings.theme"], options: options)
    }
}
