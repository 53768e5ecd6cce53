import Engine
import Foundation

/// A device on which somebody is signed in.
struct SessionRow: Sendable {
    let id: String
    let device: String
    let address: String
    let time: TimeText?
    let isCurrent: Bool

    init(id: UUID, userAgent: String?, address: String?, createdAt: Date, isCurrent: Bool, voice: Voice) {
        self.id = id.text
        self.address = address ?? ""
        self.isCurrent = isCurrent
        time = voice.time(createdAt)
        device = SessionRow.device(userAgent ?? "", words: voice.words)
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
