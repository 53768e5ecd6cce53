import Engine
import Foundation

/// What a person said, as they wrote it.
struct SaidView: Sendable {
    let id: String
    let name: String
    let initials: String
    let text: String
    let time: TimeText?

    init(id: UUID, name: String, text: String, at date: Date, voice: Voice) {
        self.id = id.text
        self.name = name
        self.text = text
        initials = PersonView.initials(of: name)
        time = voice.time(date)
    }
}
