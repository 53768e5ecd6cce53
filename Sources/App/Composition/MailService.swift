import Engine
import Fetch
import Logging
import ServiceLifecycle
import Storage
import Web

/// Sends the mail that is due, looking every second. Any number of servers may: a mail is one server's at a time.
struct MailService: Service {
    /// After so many failures, within about two days, a mail is given up.
    private static let mostAttempts = 18

    let store: Store
    let writer: MailWriter
    let client: MailClient
    let sender: MailMessage.Sender
    let logger: Logger

    func run() async throws { await cancelWhenGracefulShutdown { await self.send() } }

    private func send() async {
        while !Task.isCancelled {
            do {
                while let mail = try await store.claimMail() { try await send(mail) }
            } catch {
                if Task.isCancelled { return }
                logger.warning("Mail that is due could not be looked at", metadata: ["error": "\(error)"])
            }
            do { try await Task.sleep(for: .seconds(1)) } catch { return }
        }
    }

    private func send(_ mail: QueuedMail) async throws {
        guard let letter = try await store.letter(for: mail) else {
            return try await store.finishMail(mail, wasSent: false)
        }
        let text = try writer.text(for: letter)
        do {
            try await client.send(
                MailMessage(
                    sender: sender,
                    recipient: mail.recipient,
                    subject: text.subject,
                    text: text.text,
                    html: text.html,
                    id: mail.id.text
                )
            )
            try await store.finishMail(mail, wasSent: true)
        } catch let error as MailError {
            let isFinal = error.isFinal || mail.attempt >= Self.mostAttempts
            logger.warning(
                "A mail was not sent\(isFinal ? ", and is given up" : "")",
                metadata: ["kind": "\(mail.kind.rawValue)", "attempt": "\(mail.attempt)", "error": "\(error)"]
            )
            try await store.failMail(mail, error.message, isFinal: isFinal)
        }
    }
}
