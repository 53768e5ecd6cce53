/// The home page: begin something, see what runs, find what was.
struct HomeView: View {
    static let template = "home"

    let page: Frame
    let summary: String
    let hint: NoticeView?
    let composer: ComposerView
    let running: [ConversationRow]
    let hasRunning: Bool
    let conversations: [ConversationRow]
    let hasRecent: Bool

    init(page: Frame, composer: ComposerView, rows: [ConversationRow], needsModel: Bool, voice: Voice) {
        var page = page
        page.hasComposer = true
        self.page = page
        self.composer = composer
        running = rows.filter { $0.state != nil }
        hasRunning = !running.isEmpty
        conversations = Array(rows.filter { $0.state == nil }.prefix(8))
        hasRecent = !conversations.isEmpty || hasRunning
        summary =
            running.isEmpty ? voice.words["home.quiet"] : voice.words.count("home.atWork", running.count)
        hint =
            needsModel
            ? NoticeView(kind: "wait", title: voice.words["home.noModel"], text: voice.words["home.noModelText"])
            : nil
    }
}
