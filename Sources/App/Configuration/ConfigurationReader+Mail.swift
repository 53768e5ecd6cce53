import Fetch
import Foundation

extension ConfigurationReader {
    /// Where mail is handed in; nil where none is sent.
    mutating func mail(publicURL: String?) -> ServerConfiguration.Mail? {
        let rest = [ConfigurationOption.smtpSecurity, .smtpUser, .smtpPassword, .smtpAuthorities, .mailFrom]
        guard let place = text(.smtpServer) else {
            for option in rest where text(option) != nil {
                report("\(option.variable) is set without ALMA_SMTP_SERVER.")
            }
            return nil
        }
        guard let from = text(.mailFrom), let sender = MailMessage.Sender(from) else {
            report("ALMA_SMTP_SERVER needs ALMA_MAIL_FROM, such as ALMA <alma@example.org>.")
            return nil
        }
        guard let publicURL else {
            report("ALMA_SMTP_SERVER needs ALMA_PUBLIC_URL: links in mails lead there.")
            return nil
        }
        guard var server = server(place) else {
            report("ALMA_SMTP_SERVER must be like mail.example.org or mail.example.org:587, not '\(place)'.")
            return nil
        }
        server.protection = choice(.smtpSecurity) ?? (server.port == 465 ? .tls : .starttls)
        server.user = text(.smtpUser)
        server.password = text(.smtpPassword)
        server.authorities = text(.smtpAuthorities)
        server.ownName = URL(string: publicURL)?.host()
        if (server.user == nil) != (server.password == nil) {
            report("Set both ALMA_SMTP_USER and ALMA_SMTP_PASSWORD, or neither.")
        }
        return ServerConfiguration.Mail(server: server, sender: sender, publicURL: publicURL)
    }

    private func server(_ place: String) -> MailServer? {
        guard let url = URL(string: "smtp://" + place), let host = url.host(), !host.isEmpty, url.user() == nil,
            url.path().isEmpty, url.query() == nil
        else { return nil }
        return MailServer(host: host, port: url.port ?? 587, protection: .starttls)
    }
}
