import Engine

/// A state: a sign and a word, never colour alone.
struct StateView: Sendable {
    /// The class: `live`, `done`, `wait`, `fail` or nothing.
    let kind: String
    let sign: String
    let word: String

    init(kind: String, sign: String, word: String) {
        self.kind = kind
        self.sign = sign
        self.word = word
    }

    init(_ state: RunState, voice: Voice) {
        word = voice.words["state.\(state.rawValue)"]
        switch state {
        case .queued: (kind, sign) = ("", voice.icons("ring"))
        case .running, .stopping: (kind, sign) = ("live", voice.icons.glyph(busy: true))
        case .waiting, .paused: (kind, sign) = ("wait", voice.icons("hand"))
        case .completed: (kind, sign) = ("done", voice.icons("tick"))
        case .failed: (kind, sign) = ("fail", voice.icons("cross"))
        case .cancelled: (kind, sign) = ("", voice.icons("stop"))
        }
    }
}
