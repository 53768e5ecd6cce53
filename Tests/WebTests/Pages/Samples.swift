import Engine
import Foundation
import Storage

@testable import Web

/// One filled example of every view, with hostile text where people or models write.
struct Samples {
    let voice: Voice
    let templates: Templates

    static let hostile = "<script>alert(1)</script>\"\u{301} onfocus=\"x"

    var language: Language { voice.words.language }
    private var isChinese: Bool { language == .chinese }

    func text(_ english: String, _ chinese: String) -> String { isChinese ? chinese : english }

    func frame(_ title: String, _ section: Section? = nil, isAnonymous: Bool = false, theme: String? = nil) -> Web.Frame
    {
        let person = PersonView(
            name: text("Member One", "成员一"),
            email: "one@harbour.example",
            places: AdminPlace.allCases
        )
        return Web.Frame(
            title: title,
            section: section,
            person: isAnonymous ? nil : person,
            theme: theme,
            csrf: "token",
            here: "/",
            toast: voice.words["done.saved"],
            voice: voice
        )
    }

    func id(_ number: UInt8) -> UUID {
        UUID(uuid: (1, 0x9a, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, number))
    }

    func ago(_ minutes: Double) -> Date { voice.now.addingTimeInterval(-60 * minutes) }

    var rows: [ConversationRow] {
        [
            (1, text("Release notes for 2.8", "2.8版发布说明"), 0.2, 6, true, RunState.running),
            (2, text("Retry storm after failover", "切换后的重试风暴"), 3, 12, false, nil),
            (3, text("Slow query on the orders page", "订单页的慢查询"), 140, 8, false, nil),
            (4, text("Which licence do the icons have", "这些图标用什么许可证"), 3000, 2, false, nil),
            (5, text("Unit tests for the price rules", "给价格规则写单元测试"), 600_000, 1204, false, nil),
        ].map { number, title, minutes, count, isPinned, state in
            ConversationRow(
                id: id(UInt8(number)),
                title: title,
                lastMessageAt: ago(minutes),
                messageCount: count,
                isPinned: isPinned,
                isCurrent: number == 2,
                state: state,
                voice: voice
            )
        }
    }

    func composer(conversation: UUID?, run: Run? = nil, draft: ComposerView.Draft = .init()) -> ComposerView {
        ComposerView(
            conversation: conversation,
            run: run,
            draft: draft,
            agents: [(id: "a", name: text("Assistant", "助手"))],
            models: [(id: "m", name: "atlas-large"), (id: "n", name: "atlas-mini")],
            isCut: conversation == nil,
            voice: voice
        )
    }

    func run(_ state: RunState, attempt: Int = 1, error: String? = nil) -> Run {
        Run(
            id: id(90),
            organisationID: id(91),
            userID: id(92),
            conversationID: id(2),
            agentID: id(93),
            userMessageID: id(94),
            messageID: id(95),
            state: state,
            attempt: attempt,
            errorCode: error,
            createdAt: ago(4),
            finishedAt: state.isFinal ? ago(3.4) : nil
        )
    }

    /// The views that are no pages but parts of a live one.
    var pieces: [any View] {
        [
            QuestionsView(questions: tree().questions(draft: wrongReply, csrf: "token", voice: voice)),
            QuestionsView(questions: [budgetQuestion]), TalksView(rows, voice: voice),
            live.mood().line(run: .v7(), csrf: "token", voice: voice), pending,
            answer(run(.failed, attempt: 3, error: "MODEL_TIMEOUT"), html: "<p>x</p>"),
        ] + (drawnRun.map { [$0] } ?? [])
    }

    var drawnRun: RunLine? { RunLine(tree(), voice: voice) }

    /// Messages that wait while an answer is under way, and one that was held.
    var pending: PendingView {
        let messages = [
            (text("Leave the tests alone, please.", "请不要动测试。"), false, true), (Samples.hostile, false, false),
            (text("And then the release notes", "然后写发布说明"), true, false),
        ].enumerated().map { index, message in
            PendingMessage(
                id: id(UInt8(60 + index)),
                organisationID: id(91),
                userID: id(92),
                conversationID: id(2),
                runID: message.2 ? id(90) : nil,
                content: message.0,
                isHeld: message.1,
                createdAt: ago(1)
            )
        }
        return PendingView(messages, csrf: "token", voice: voice)
    }

    /// Every page.
    var all: [(name: String, view: any View)] {
        gate + conversationPages + runPages + providerPages + otherPages + toolPages + usagePages + adminPages
    }
}
