/// The conversations in the rail: those at work, today's, and some older ones.
struct TalksView: View {
    static let template = "part/talks"

    let groups: [Group]

    struct Group: Sendable {
        let name: String
        let items: [ConversationRow]
    }

    init(_ rows: [ConversationRow], voice: Voice) {
        let running = rows.filter { $0.state != nil }
        let rest = rows.filter { $0.state == nil }
        groups = [
            Group(name: voice.words["frame.running"], items: running),
            Group(name: voice.words["frame.today"], items: rest.filter(\.isToday)),
            Group(name: voice.words["frame.earlier"], items: rest.filter { !$0.isToday }),
        ].filter { !$0.items.isEmpty }
    }
}
