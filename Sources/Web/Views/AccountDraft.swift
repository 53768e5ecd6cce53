/// What somebody typed to get an account.
struct AccountDraft: Sendable {
    var nickname = ""
    var email = ""
    var token = ""
}
