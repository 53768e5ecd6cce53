import Engine
import Foundation
import Storage

@testable import Web

extension Samples {
    var conversationPages: [(name: String, view: any View)] {
        let title = text("Retry storm after failover", "切换后的重试风暴")
        return [
            (
                "home",
                HomeView(
                    page: frame(voice.words["home.title"], .home),
                    composer: composer(conversation: nil),
                    rows: rows,
                    needsModel: true,
                    voice: voice
                )
            ),
            ("files", files(isEmpty: false)), ("files-empty", files(isEmpty: true)),
            (
                "conversations",
                ConversationsView(
                    page: frame(voice.words["conversations.title"], .conversations),
                    rows: rows,
                    hits: hits,
                    query: Samples.hostile,
                    isArchive: true,
                    pager: Pager(newest: "/conversations", older: "/conversations?after=c-1"),
                    voice: voice
                )
            ),
            (
                "conversations-few",
                ConversationsView(
                    page: frame(voice.words["conversations.title"], .conversations),
                    rows: rows,
                    query: "",
                    isArchive: false,
                    pager: nil,
                    voice: voice
                )
            ),
            (
                "conversations-empty",
                ConversationsView(
                    page: frame(voice.words["conversations.title"], .conversations),
                    rows: [],
                    query: "",
                    isArchive: false,
                    pager: nil,
                    voice: voice
                )
            ),
            (
                "conversations-not-found",
                ConversationsView(
                    page: frame(voice.words["conversations.title"], .conversations, theme: "dark"),
                    rows: [],
                    query: Samples.hostile,
                    isArchive: false,
                    pager: nil,
                    voice: voice
                )
            ),
            (
                "home-empty",
                HomeView(
                    page: frame(voice.words["home.title"], .home),
                    composer: composer(conversation: nil),
                    rows: [],
                    needsModel: false,
                    voice: voice
                )
            ),
            ("conversation-empty", conversation(isRunning: false, isEmpty: true)),
            ("conversation", conversation(isRunning: true)),
            ("conversation-growing", conversation(isRunning: true, isAsked: false)),
            ("conversation-finished", conversation(isRunning: false)),
            ("run", runPage(.waiting)),
            ("run-finished", runPage(.completed)),
            (
                "conversation-edit",
                ConversationEditView(
                    page: frame(title, .conversations),
                    address: "/conversations/x",
                    title: title,
                    name: Samples.hostile,
                    tags: "queue, incident",
                    errors: {
                        var errors = FormErrors(); errors.add("title", voice.words["conversation.titleTooLong"]);
                        return errors
                    }(),
                    voice: voice
                )
            ),
            (
                "message-edit",
                MessageEditView(
                    page: frame(voice.words["message.edit"], .conversations),
                    message: id(10),
                    conversation: id(2),
                    draft: .init(text: Samples.hostile, error: voice.words["composer.empty"]),
                    choices: choices,
                    voice: voice
                )
            ),
            (
                "confirmation",
                ConfirmationView(
                    page: frame(title, .conversations),
                    question: voice.words("conversation.deleteQuestion", ["title": title]),
                    text: voice.words.count("conversation.deleteText", 12),
                    verb: voice.words["form.deleteForGood"],
                    action: "/conversations/x/deletion",
                    back: "/conversations/x"
                )
            ),
        ]
    }

    func conversation(isRunning: Bool, isEmpty: Bool = false, isAsked: Bool = true) -> ConversationView {
        var page = frame(text("Retry storm after failover", "切换后的重试风暴"), .conversations)
        page.talks = TalksView(rows, voice: voice)
        var draft = ComposerView.Draft()
        draft.attachments = isRunning ? [] : attachments
        draft.error = isRunning ? nil : voice.words["composer.empty"]
        return ConversationView(
            page: page,
            heading: .init(
                address: "/conversations/x",
                title: text("Retry storm after failover", "切换后的重试风暴"),
                tags: [text("queue", "队列"), text("incident", "故障")],
                isPinned: true,
                isArchived: false
            ),
            items: isEmpty ? [] : thread(isRunning: isRunning, isAsked: isAsked),
            older: "/conversations/x?before=m",
            newer: "/conversations/x",
            deleted: isRunning ? nil : id(77),
            pending: pending,
            needsModel: !isRunning,
            composer: composer(conversation: id(2), run: isRunning ? run(.running) : nil, draft: draft),
            voice: voice
        )
    }

    private var hits: MessageHitsView? {
        let found = [("user", Samples.hostile), ("assistant", text("The queue falls over.", "队列会倒。"))].enumerated().map
        {
            MessageHit(
                messageID: id(UInt8(70 + $0)),
                conversationID: id(2),
                conversationTitle: Samples.hostile,
                role: $1.0,
                agentID: nil,
                timestamp: ago(5),
                parts: [.init("… "), .init(text("retry", "重试"), isMatch: true), .init(" " + $1.1)]
            )
        }
        let page = Paged(items: found, page: Page(number: 2, size: 2), total: 9)
        return MessageHitsView(page, names: { _ in Samples.hostile }, voice: voice) { "?messages=\($0)#messages" }
    }

    func thread(isRunning: Bool, isAsked: Bool) -> [ThreadItem] {
        let name = text("Member One", "成员一")
        let question = text(
            "After last night’s failover the workers retried so fast that the queue fell over again.\n\nWhy, and what should we change?",
            "昨晚切换之后，工作进程重试得太快，队列又倒了一次。\n\n原因是什么？我们该怎么改？"
        )
        var items = [
            ThreadItem(said: said(10, name, question, at: ago(30), versions: [9, 10, 11])),
            ThreadItem(
                answer: answer(
                    run(.completed, attempt: 2),
                    html: text(Self.english, Self.chinese),
                    tree: tree(.completed)
                )
            ),
            ThreadItem(said: said(11, name, Samples.hostile, at: ago(4), versions: [11])),
            ThreadItem(
                answer: answer(
                    run(.failed, error: "MODEL_INTERRUPTED"),
                    html: text("<p>The queue was</p>", "<p>队列在</p>")
                )
            ),
        ]
        let running = run(.running, attempt: 2)
        let tree = isAsked ? tree() : TurnTree(runs: [TurnRun(run: running)])
        if isRunning { items.append(ThreadItem(growing: growing(running, tree: tree))) }
        return items
    }

    private func said(_ number: UInt8, _ name: String, _ text: String, at date: Date, versions: [UInt8]) -> SaidView {
        SaidView(
            id: id(number),
            conversation: id(2),
            versions: versions.map(id),
            name: name,
            text: text,
            attachments: attachments,
            at: date,
            csrf: "token",
            voice: voice
        )
    }

    private func files(isEmpty: Bool) -> FilesView {
        func entry(_ path: String, _ kind: WorkspaceEntry.Kind, _ size: Int64) -> WorkspaceEntry {
            WorkspaceEntry(path: path, kind: kind, size: size, changed: ago(4))
        }
        return FilesView(
            page: frame(voice.words["files.title"], .conversations),
            conversation: id(2),
            title: text("Retry storm after failover", "切换后的重试风暴"),
            path: isEmpty ? "" : "src/queue",
            entries: isEmpty
                ? [] : [entry("src/queue/old", .folder, 0), entry(Samples.hostile, .file, 912), entry("a", .other, 0)],
            usage: isEmpty
                ? nil : WorkspaceUsage(bytes: 9 << 20, files: 20_000, mostBytes: 512 << 20, mostFiles: 20_000),
            kept: isEmpty ? [] : attachments.map { KeptFile(sample: $0, in: id(2), at: ago(9)) },
            keptBytes: isEmpty ? 0 : 1_250_000,
            limits: FileLimits(),
            csrf: "token",
            voice: voice
        )
    }

    var attachments: [AttachedFile] {
        [
            AttachedFile(
                fileID: id(71),
                name: text("queue.png", "队列.png"),
                mediaType: "image/png",
                size: 48_213,
                path: "q.png"
            ),
            AttachedFile(
                fileID: id(72),
                name: Samples.hostile,
                mediaType: "application/pdf",
                size: 1_204_000,
                path: "r.pdf"
            ),
            AttachedFile(fileID: id(73), name: "old.csv", mediaType: "text/csv", size: 12, path: "o", isDeleted: true),
        ]
    }

    var choices: AgainChoices {
        AgainChoices(
            agents: [(id: "a", name: text("Assistant", "助手"))],
            models: [(id: "m", name: "atlas-large"), (id: "n", name: "atlas-mini")],
            agent: "a",
            model: "m",
            voice: voice
        )
    }

    private static let english = """
        <p>The queue was healthy after eleven seconds. It fell over a second time because <strong>all 214 workers came back at the same moment</strong>.</p>
        <h2>What to change</h2><p>Let the delay grow, give it a ceiling, and choose it at <em>random</em> below that.</p>
        <div class="code"><header><span>python</span></header><pre tabindex="0"><code class="language-python">def delay(attempt: int) -&gt; float:
            longest = min(CEILING, BASE * 2 ** attempt)
            return uniform(0, longest)   # full jitter</code></pre></div>
        <div class="scroll" role="region" aria-labelledby="table-name" tabindex="0"><table><thead><tr><th>Attempt</th><th>Delay now</th><th>Delay, new</th></tr></thead><tbody><tr><td>1</td><td>0.25 s</td><td>0–1 s</td></tr><tr><td>3</td><td>0.25 s</td><td>0–4 s</td></tr></tbody></table></div>
        <ul><li>The deploy still sets <code>RETRY_DELAY=0.25</code> in one of its three environments.</li><li>No test starts many workers at once.</li></ul>
        <blockquote><p>Clients that wait the same time meet again.</p></blockquote>
        """

    private static let chinese = """
        <p>队列在十一秒后就恢复了。它第二次倒下，是因为<strong>全部214个工作进程在同一时刻回来</strong>。</p>
        <h2>该怎么改</h2><p>让等待时间逐次增长，设一个上限，再在上限之内<em>随机</em>取值。</p>
        <div class="code"><header><span>python</span></header><pre tabindex="0"><code class="language-python">def delay(attempt: int) -&gt; float:
            return uniform(0, min(CEILING, BASE * 2 ** attempt))</code></pre></div>
        <ul><li>部署仍然设置了<code>RETRY_DELAY=0.25</code>。</li><li>没有测试会同时启动很多工作进程。</li></ul>
        """
}

extension KeptFile {
    fileprivate init(sample file: AttachedFile, in conversation: UUID, at date: Date) {
        self.init(
            id: file.fileID,
            conversationID: conversation,
            name: file.name,
            path: file.path,
            mediaType: file.mediaType,
            size: file.size,
            digest: [],
            createdAt: date
        )
    }
}
