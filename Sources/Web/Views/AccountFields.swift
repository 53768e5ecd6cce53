extension Field {
    static func accountLabels(_ voice: Voice) -> [String: String] {
        [
            "token": voice.words["setUp.token"], "nickname": voice.words["form.nickname"],
            "email": voice.words["form.email"], "password": voice.words["form.password"],
        ]
    }

    static func email(
        _ value: String,
        errors: FormErrors = FormErrors(),
        autocomplete: String,
        voice: Voice
    ) -> Field {
        Field(
            "email",
            label: voice.words["form.email"],
            type: "email",
            value: value,
            error: errors["email"],
            autocomplete: autocomplete,
            isRequired: true
        )
    }

    static func nickname(_ value: String, errors: FormErrors, voice: Voice) -> Field {
        Field(
            "nickname",
            label: voice.words["form.nickname"],
            value: value,
            hint: voice.words["form.nicknameHint"],
            error: errors["nickname"],
            autocomplete: "nickname",
            maximumLength: 50
        )
    }

    static func newPassword(
        _ name: String = "password",
        label: String = "form.password",
        errors: FormErrors,
        voice: Voice
    ) -> Field {
        Field(
            name,
            label: voice.words[label],
            type: "password",
            hint: voice.words["form.passwordRule"],
            error: errors[name],
            autocomplete: "new-password",
            isRequired: true
        )
    }

    static func password(
        _ name: String,
        label: String,
        errors: FormErrors = FormErrors(),
        autocomplete: String,
        voice: Voice
    ) -> Field {
        Field(
            name,
            label: voice.words[label],
            type: "password",
            error: errors[name],
            autocomplete: autocomplete,
            isRequired: true
        )
    }
}
