import Configuration

/// What a person's browser and program meet: addresses, limits and who may come in.
extension ConfigurationOption {
    static let host = Self(["alma", "host"], "ALMA_HOST", .string, "address to listen on")
    static let port = Self(["alma", "port"], "ALMA_PORT", .int, "port to listen on")
    static let publicURL = Self(["alma", "publicUrl"], "ALMA_PUBLIC_URL", .string, "address that people use")
    static let secureCookies = Self(
        ["alma", "secureCookies"],
        "ALMA_SECURE_COOKIES",
        .string,
        "auto, true or false: cookies only over TLS"
    )
    static let trustedProxies = Self(
        ["alma", "trustedProxies"],
        "ALMA_TRUSTED_PROXIES",
        .string,
        "addresses and ranges of reverse proxies whose X-Forwarded-For counts"
    )
    static let allowedHosts = Self(
        ["alma", "allowedHosts"],
        "ALMA_ALLOWED_HOSTS",
        .string,
        "names under which the server answers"
    )
    static let corsOrigins = Self(
        ["alma", "corsOrigins"],
        "ALMA_CORS_ORIGINS",
        .string,
        "origins whose pages may read what the API answers, or *"
    )
    static let userRate = Self(
        ["alma", "userRate"],
        "ALMA_USER_RATE",
        .int,
        "requests of one person in a minute, in each process; 0 for any number"
    )
    static let keyRate = Self(["alma", "keyRate"], "ALMA_KEY_RATE", .int, "requests with one API key in a minute")
    static let addressRate = Self(
        ["alma", "addressRate"],
        "ALMA_ADDRESS_RATE",
        .int,
        "requests of one address in a minute, of those who are not signed in"
    )
    static let signInRate = Self(
        ["alma", "signInRate"],
        "ALMA_SIGN_IN_RATE",
        .int,
        "sign-ins, registrations and the like of one address in a minute"
    )
    static let streamsPerUser = Self(
        ["alma", "streamsPerUser"],
        "ALMA_STREAMS_PER_USER",
        .int,
        "event streams and sockets that one person may have open on this process"
    )
    static let registration = Self(
        ["alma", "registration"],
        "ALMA_REGISTRATION",
        .string,
        "open, closed or approval, until changed in the settings"
    )
    static let secretKey = Self(
        ["secretKey"],
        "SECRET_KEY",
        .string,
        isSecret: true,
        "signs the API's tokens; made and kept when not set"
    )
    static let firstSuperuser = Self(
        ["firstSuperuser"],
        "FIRST_SUPERUSER",
        .string,
        "e-mail of the administrator made on an empty database"
    )
    static let firstSuperuserPassword = Self(
        ["firstSuperuserPassword"],
        "FIRST_SUPERUSER_PASSWORD",
        .string,
        isSecret: true,
        "the password for that account"
    )
}
