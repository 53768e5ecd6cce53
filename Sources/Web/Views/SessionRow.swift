import Engine
import Foundation
import Storage

/// A device or a program with which somebody is signed in.
struct SessionRow: Sendable {
    let id: String
    let device: String
    let address: String
    let time: TimeText?
    let seen: TimeText?
    let isCurrent: Bool

    init(_ signIn: SignedIn, isCurrent: Bool, voice: Voice) {
        id = signIn.id.text
        address = signIn.address ?? ""
        self.isCurrent = isCurrent
        time = voice.time(signIn.createdAt)
        seen = voice.time(signIn.lastSeenAt)
        let isProgram = signIn.kind == .program
        device =
            isProgram
            ? voice.words["settings.program"] : SessionRow.device(signIn.userAgent ?? "", words: voice.words)
    }

    /// The names that browsers give themselves, in the order that tells them apart.
    private static func device(_ userAgent: String, words: Words) -> String {
        let browsers = [
            ("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
            ("curl/", "curl"),
        ]
        let systems = [
            ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
            ("Mac OS X", "macOS"), ("Linux", "Linux"),
        ]
        let browser = browsers.first { userAgent.contains($0.0) }?.1
        let system = systems.first { userAgent.contains($0.0) }?.1
        guard let browser else { return system ?? words["settings.unknownDevice"] }
        return system.map { words("settings.browserOn", ["browser": browser, "system": $0]) } ?? browser
    }
}
