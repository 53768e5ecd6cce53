import Foundation
import Testing

@testable import Fetch

/// A mail as bytes: nothing that is put into it can become more than it is.
@Suite struct MailMessageTests {
    private func message(subject: String = "Hello", text: String = "Text", name: String = "ALMA") -> MailMessage {
        MailMessage(
            sender: .init(name: name, address: "alma@example.org"),
            recipient: "one@example.org",
            subject: subject,
            text: text,
            html: "<p>\(text)</p>",
            id: "0195f5c2",
            date: Date(timeIntervalSince1970: 1_800_000_000)
        )
    }

    private func lines(_ message: MailMessage) -> [String] {
        String(decoding: message.wire, as: UTF8.self).components(separatedBy: "\r\n")
    }

    @Test func hasTheHeadThatMailNeeds() {
        let lines = lines(message())
        #expect(lines[0] == "Date: Fri, 15 Jan 2027 08:00:00 +0000")
        #expect(lines.contains("From: ALMA <alma@example.org>") && lines.contains("To: <one@example.org>"))
        #expect(lines.contains("Message-ID: <0195f5c2@example.org>") && lines.contains("MIME-Version: 1.0"))
        #expect(lines.allSatisfy { $0.utf8.count <= 998 && $0.utf8.allSatisfy { $0 < 0x80 } })
    }

    @Test(arguments: [
        "a\r\nBcc: all@example.org", "a\nBcc: x", "a\u{2028}Bcc: x", "\u{85}Bcc: x", "=?UTF-8?B?QQ==?=", "<x@y>, z",
    ])
    func nothingEndsAHeader(text: String) {
        for message in [message(subject: text), message(name: text)] {
            let head = lines(message).prefix { !$0.isEmpty }
            #expect(!head.contains { $0.hasPrefix("Bcc") } && head.count < 16)
            #expect(head.allSatisfy { $0.hasPrefix(" ") || $0.prefixMatch(of: #/[A-Za-z-]+: /#) != nil })
        }
    }

    @Test func longWordsAreFoldedAndComeBackWhole() {
        let text = String(repeating: "确认你在ALMA的邮箱 👩‍👩‍👧 ", count: 9)
        let words = MailMessage.header(text).components(separatedBy: "\r\n ")
        #expect(words.count > 5 && words.allSatisfy { $0.utf8.count <= 75 })
        let parts = words.map { word in
            Data(base64Encoded: String(word.dropFirst("=?UTF-8?B?".count).dropLast(2))) ?? Data()
        }
        #expect(parts.map { String(decoding: $0, as: UTF8.self) }.joined() == text)
    }

    @Test func aBodyIsWhatWasWritten() throws {
        let text = "One\n.\n\r\nЖ" + String(repeating: "x", count: 3000)
        let whole = String(decoding: message(text: text).wire, as: UTF8.self)
        let part = try #require(whole.components(separatedBy: "base64\r\n\r\n").dropFirst().first)
        let encoded = part.components(separatedBy: "\r\n--")[0].replacing("\r\n", with: "")
        let decoded = String(decoding: Data(base64Encoded: encoded) ?? Data(), as: UTF8.self)
        #expect(decoded.replacing("\r\n", with: "\n") == text.replacing("\r\n", with: "\n"))
    }

    @Test func addresses() {
        #expect(MailMessage.Sender("ALMA <alma@example.org>") == .init(name: "ALMA", address: "alma@example.org"))
        #expect(MailMessage.Sender("\"A, B\" <a@b.c>") == .init(name: "A, B", address: "a@b.c"))
        #expect(MailMessage.Sender("alma@example.org")?.name == "")
        for bad in ["", "x", "a@b\r\nRCPT TO:<c@d>", "A\r\nBcc: x <a@b.c>", "<a@b>,<c@d>", "a@b@c", "a@b> SIZE=1"] {
            #expect(MailMessage.Sender(bad) == nil, "\(bad)")
        }
    }
}
