import Configuration

/// The server that takes our mail.
extension ConfigurationOption {
    static let smtpServer = Self(
        ["alma", "smtpServer"],
        "ALMA_SMTP_SERVER",
        .string,
        "takes our mail: host or host:port"
    )
    static let smtpSecurity = Self(
        ["alma", "smtpSecurity"],
        "ALMA_SMTP_SECURITY",
        .string,
        "tls, starttls or none: how the connection to it is protected"
    )
    static let smtpUser = Self(["alma", "smtpUser"], "ALMA_SMTP_USER", .string, "whom we sign in to it as")
    static let smtpPassword = Self(
        ["alma", "smtpPassword"],
        "ALMA_SMTP_PASSWORD",
        .string,
        isSecret: true,
        "the password for that"
    )
    static let smtpAuthorities = Self(
        ["alma", "smtpAuthorities"],
        "ALMA_SMTP_AUTHORITIES",
        .string,
        "a file of certificates by which that server is known, in place of the system's"
    )
    static let mailFrom = Self(
        ["alma", "mailFrom"],
        "ALMA_MAIL_FROM",
        .string,
        "whom mail is from: ALMA <alma@example.org>"
    )
}
