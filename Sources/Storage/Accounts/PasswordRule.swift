import Engine
import Foundation

/// Which passwords are taken: long enough, not one that everybody tries first, not the address itself.
enum PasswordRule {
    static func check(_ password: Secret, email: String, field: String) throws {
        let text = password.reveal()
        guard text.count >= 8 else { throw StorageError.invalid(field, "At least 8 characters.") }
        guard text.unicodeScalars.count <= 1024 else { throw StorageError.invalid(field, "At most 1024 characters.") }
        let plain = text.lowercased()
        guard !commonest.contains(plain), Set(plain).count > 2 else {
            throw StorageError.invalid(field, "This password is among the first that anyone would try.")
        }
        guard plain != email, plain != email.prefix(while: { $0 != "@" }) else {
            throw StorageError.invalid(field, "The password must not be the e-mail address.")
        }
    }

    /// Of eight characters or more, from the lists that are published of leaked ones.
    private static let commonest: Set<String> = [
        "password", "password1", "password12", "password123", "password1234", "passw0rd", "p@ssw0rd", "p@ssword",
        "12345678", "123456789", "1234567890", "0123456789", "987654321", "0987654321", "12341234", "123123123",
        "11223344", "1q2w3e4r", "1q2w3e4r5t", "1qaz2wsx", "1qazxsw2", "zaq12wsx", "q1w2e3r4", "qwer1234", "1234qwer",
        "qwertyui", "qwertyuiop", "qwerty123", "qwerty12345", "asdfghjk", "asdfghjkl", "asdf1234", "zxcvbnm1",
        "abc12345", "abcd1234", "abcdefgh", "a1234567", "a12345678", "a123456789", "aa123456", "aa12345678",
        "iloveyou", "iloveyou1", "sunshine", "princess", "football", "football1", "baseball", "superman", "batman123",
        "trustno1", "starwars", "whatever", "computer", "internet", "michelle", "jennifer", "welcome1", "welcome123",
        "letmein1", "letmein123", "admin123", "admin1234", "admin12345", "administrator", "root1234", "changeme",
        "changeme123", "default123", "test1234", "testtest", "secret123", "dragon123", "monkey123", "master123",
        "woaini1314", "woaini520", "5201314a", "wang1234", "zhang123", "qq123456", "q123456789", "asd123456",
    ]
}
